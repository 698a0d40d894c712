/* Values as bytes, the first of all, then the second: as `charts/packed.py` has it in Python. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdint.h>
#include <string.h>

/* The bits of a value in 4 or 8 bytes. */
static uint64_t bits_of(const char *values, Py_ssize_t i, int size)
{
    double value;
    uint64_t bits = 0;
    memcpy(&value, values + i * 8, 8);
    if (size == 8) {
        memcpy(&bits, &value, 8);
    } else {
        float less = (float)value;
        uint32_t half;
        memcpy(&half, &less, 4);
        bits = half;
    }
    return bits;
}

PyObject *reportgen_planes(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    Py_buffer values;
    int size;
    if (!PyArg_ParseTuple(arguments, "y*i", &values, &size))
        return NULL;
    PyObject *result = NULL;
    Py_ssize_t count = values.len / 8;
    if (size != 4 && size != 8)
        PyErr_SetString(PyExc_ValueError, "a value has 4 or 8 bytes");
    else
        result = PyBytes_FromStringAndSize(NULL, count * size);
    char *out = result == NULL ? NULL : PyBytes_AsString(result);
    for (Py_ssize_t i = 0; out != NULL && i < count; i++) {
        uint64_t bits = bits_of(values.buf, i, size);
        for (int plane = 0; plane < size; plane++)
            out[plane * count + i] = (char)(bits >> 8 * plane);
    }
    PyBuffer_Release(&values);
    return result;
}
