/* Indices of the points that are kept, collected in a list of Python's. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Append an index; -1 without memory. */
static int append(PyObject *kept, Py_ssize_t index)
{
    PyObject *number = PyLong_FromSsize_t(index);
    int failed = number == NULL || PyList_Append(kept, number) < 0;
    Py_XDECREF(number);
    return failed ? -1 : 0;
}
