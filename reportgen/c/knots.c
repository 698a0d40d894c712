/* Times told by a few of them: the same results as `knots.py`, whose terms these are. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <math.h>
#include <stdint.h>

#include "packed.h"

/* Append an index; -1 without memory. */
static int append(PyObject *kept, Py_ssize_t index)
{
    PyObject *number = PyLong_FromSsize_t(index);
    int failed = number == NULL || PyList_Append(kept, number) < 0;
    Py_XDECREF(number);
    return failed ? -1 : 0;
}

/* The difference of two times, rounded once, as Python's float(a - b) is. */
static double rise_of(const char *times, Py_ssize_t from, Py_ssize_t to)
{
    return (double)((__int128)whole_at(times, to) - whole_at(times, from));
}

static int keep(PyObject *kept, const char *times, Py_ssize_t count, double tolerance)
{
    Py_ssize_t anchor = 0;
    double low = -INFINITY, high = INFINITY;
    if (append(kept, 0) < 0)
        return -1;
    for (Py_ssize_t i = 1; i < count; i++) {
        double rise = rise_of(times, anchor, i), width = (double)(i - anchor);
        if (!(low <= rise / width && rise / width <= high)) {
            anchor = i - 1;
            if (append(kept, anchor) < 0)
                return -1;
            low = -INFINITY, high = INFINITY;
            rise = rise_of(times, anchor, i), width = 1.0;
        }
        low = fmax(low, (rise - tolerance) / width);
        high = fmin(high, (rise + tolerance) / width);
    }
    return count > 1 ? append(kept, count - 1) : 0;
}

PyObject *reportgen_knots(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    Py_buffer times;
    double tolerance;
    if (!PyArg_ParseTuple(arguments, "y*d", &times, &tolerance))
        return NULL;
    PyObject *kept = PyList_New(0);
    if (kept != NULL && times.len >= 8 && keep(kept, times.buf, times.len / 8, tolerance) < 0)
        Py_CLEAR(kept);
    PyBuffer_Release(&times);
    return kept;
}
