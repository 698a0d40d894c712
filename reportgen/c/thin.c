/* Series made short: the same results as `thin.py`, whose terms these are. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <math.h>
#include <stdint.h>

#include "packed.h"

typedef struct {
    Py_ssize_t first, low, high, last; /* of the finite values; -1 where there is none */
    Py_ssize_t odd;                    /* the first that is not finite; -1 where there is none */
    double least, greatest;
} corners;

static void add(corners *at, const char *values, Py_ssize_t i)
{
    double value = value_at(values, i);
    if (!isfinite(value)) {
        if (at->odd < 0)
            at->odd = i;
        return;
    }
    if (at->first < 0) {
        at->first = at->low = at->high = i;
        at->least = at->greatest = value;
    } else if (value < at->least) {
        at->low = i;
        at->least = value;
    } else if (value > at->greatest) {
        at->high = i;
        at->greatest = value;
    }
    at->last = i;
}

static int is_clean(const char *values, Py_ssize_t start, Py_ssize_t end)
{
    int odd = 0;
    for (Py_ssize_t i = start; i < end; i++)
        odd |= !isfinite(value_at(values, i));
    return !odd;
}

/* The corners of some values, one at least. Without branches where all are finite: noise would
   send half of them the wrong way. */
static corners corners_of(const char *values, Py_ssize_t start, Py_ssize_t end)
{
    corners at = {-1, -1, -1, -1, -1, 0.0, 0.0};
    if (!is_clean(values, start, end)) {
        for (Py_ssize_t i = start; i < end; i++)
            add(&at, values, i);
        return at;
    }
    at.first = at.low = at.high = start;
    at.last = end - 1;
    at.least = at.greatest = value_at(values, start);
    for (Py_ssize_t i = start + 1; i < end; i++) {
        double value = value_at(values, i);
        at.low = value < at.least ? i : at.low;
        at.least = value < at.least ? value : at.least;
        at.high = value > at.greatest ? i : at.high;
        at.greatest = value > at.greatest ? value : at.greatest;
    }
    return at;
}

typedef struct {
    int64_t *at; /* indices of the points that are kept, with room for all */
    Py_ssize_t count;
} indices;

/* Append the corners of a column in their order, each once. */
static void flush(indices *kept, corners at)
{
    Py_ssize_t found[] = {at.first, at.low, at.high, at.last, at.odd}, before = -1;
    for (int i = 1; i < 5; i++)
        for (int j = i; j > 0 && found[j] < found[j - 1]; j--) {
            Py_ssize_t swapped = found[j];
            found[j] = found[j - 1];
            found[j - 1] = swapped;
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
