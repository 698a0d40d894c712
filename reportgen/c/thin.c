/* Series made short: the same results as `thin.py`, whose terms these are. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdint.h>

#include "corners.h"

typedef struct {
    int64_t *at; /* indices of the points that are kept, with room for all */
    Py_ssize_t count;
} indices;

/* Append the corners of a column in their order, each once. */
static void flush(indices *kept, corners at)
{
    int rises = at.low < at.high;
    Py_ssize_t found[] = {at.odd, at.first, rises ? at.low : at.high, rises ? at.high : at.low,
                          at.last};
    Py_ssize_t before = -1;
    for (int i = 0; i < 4 && at.odd > found[i + 1]; i++) {
        found[i] = found[i + 1];
        found[i + 1] = at.odd;
    }
    for (int i = 0; i < 5; i++) {
        if (found[i] > before)
            kept->at[kept->count++] = found[i];
        before = found[i];
    }
}

/* a * b / c */
static uint64_t share(uint64_t a, uint64_t b, uint64_t c)
{
    if ((a | b) >> 32 == 0)
        return a * b / c;
    return (uint64_t)((unsigned __int128)a * b / c);
}

/* The column of a place along the range; the last x stands on the right border of the last one. */
static uint64_t column_of(uint64_t along, uint64_t span, uint64_t columns)
{
    return along < span ? share(along, columns, span) : columns - 1;
}

/* The first place along the range that lies behind a column; 0 where nothing does. */
static uint64_t border_of(uint64_t column, uint64_t span, uint64_t columns)
{
    if (column + 1 >= columns)
        return 0;
    uint64_t before = share(column + 1, span, columns);
    return before + (before * columns != (column + 1) * span); /* modulo 2^64 both */
}

static void keep(indices *kept, const char *xs, const char *values, Py_ssize_t count, long columns)
{
    uint64_t origin = (uint64_t)whole_at(xs, 0), width = (uint64_t)columns;
    uint64_t span = (uint64_t)whole_at(xs, count - 1) - origin, border = border_of(0, span, width);
    Py_ssize_t start = 0;
    for (Py_ssize_t i = 1; border > 0 && i < count; i++) {
        uint64_t along = (uint64_t)whole_at(xs, i) - origin;
        if (along < border)
            continue;
        flush(kept, corners_of(values, start, i));
        start = i;
        border = border_of(column_of(along, span, width), span, width);
    }
    flush(kept, corners_of(values, start, count));
}

/* The indices that are kept, in memory that is the caller's; NULL with an error. */
static int64_t *kept_of(const Py_buffer *xs, const Py_buffer *values, long columns,
                        Py_ssize_t *size)
{
    Py_ssize_t count = values->len / 8;
    if (xs->len != values->len || columns < 1 || columns > 1000000) {
        PyErr_SetString(PyExc_ValueError, "as many steps as values, and a column or more");
        return NULL;
    }
    Py_ssize_t most = count < 5 * columns ? count : 5 * columns;
    indices kept = {PyMem_Malloc((size_t)most * 8 + 8), 0};
    if (kept.at == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    if (count <= 2 * columns && is_clean(values->buf, 0, count))
        while (kept.count < count) {
            kept.at[kept.count] = kept.count;
            kept.count++;
        }
    else if (count > 0)
        keep(&kept, xs->buf, values->buf, count, columns);
    *size = kept.count;
    return kept.at;
}

static PyObject *list_of(const int64_t *numbers, Py_ssize_t count)
{
    PyObject *list = PyList_New(count);
    for (Py_ssize_t i = 0; list != NULL && i < count; i++) {
        PyObject *number = PyLong_FromLongLong(numbers[i]);
        if (number == NULL || PyList_SetItem(list, i, number) < 0)
            Py_CLEAR(list);
    }
    return list;
}

PyObject *reportgen_thin(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    Py_buffer xs, values;
    long columns;
    Py_ssize_t size = 0;
    if (!PyArg_ParseTuple(arguments, "y*y*l", &xs, &values, &columns))
        return NULL;
    int64_t *kept = kept_of(&xs, &values, columns, &size);
    PyObject *result = kept == NULL ? NULL : list_of(kept, size);
    PyMem_Free(kept);
    PyBuffer_Release(&xs);
    PyBuffer_Release(&values);
    return result;
}

PyObject *reportgen_corners(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    Py_buffer xs, values;
    long columns;
    Py_ssize_t size = 0, finite = 0;
    if (!PyArg_ParseTuple(arguments, "y*y*l", &xs, &values, &columns))
        return NULL;
    int64_t *kept = kept_of(&xs, &values, columns, &size);
    double low = INFINITY, high = -INFINITY;
    for (Py_ssize_t i = 0; i < size; i++) {
        double value = value_at(values.buf, (Py_ssize_t)kept[i]);
        if (!isfinite(value))
            continue;
        finite++;
        low = value < low ? value : low;
        high = value > high ? value : high;
    }
    PyObject *result = NULL;
    if (kept != NULL)
        result = Py_BuildValue("(y#ddn)", (const char *)kept, size * 8, low, high, finite);
    PyMem_Free(kept);
    PyBuffer_Release(&xs);
    PyBuffer_Release(&values);
    return result;
}
