/* Series made short: the same results as `thin.py`, whose terms these are. */

#include "indices.h"

typedef struct {
    Py_ssize_t first, low, high, last; /* of the finite values; -1 where there is none */
    Py_ssize_t odd;                    /* the first that is not finite; -1 where there is none */
    double least, greatest;
} corners;

static int64_t step_at(const char *xs, Py_ssize_t i)
{
    int64_t x;
    memcpy(&x, xs + i * 8, 8);
    return x;
}

static double value_at(const char *values, Py_ssize_t i)
{
    double value;
    memcpy(&value, values + i * 8, 8);
    return value;
}

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

/* Append the corners of a column in their order, each once. */
static int flush(PyObject *kept, const corners *at)
{
    Py_ssize_t found[] = {at->first, at->low, at->high, at->last, at->odd}, before = -1;
    for (int i = 1; i < 5; i++)
        for (int j = i; j > 0 && found[j] < found[j - 1]; j--) {
            Py_ssize_t swapped = found[j];
            found[j] = found[j - 1];
            found[j - 1] = swapped;
        }
    for (int i = 0; i < 5; i++) {
        if (found[i] > before && append(kept, found[i]) < 0)
            return -1;
        before = found[i];
    }
    return 0;
}

/* The column of a place along the range; the last x stands on the right border of the last one. */
static uint64_t column_of(uint64_t along, uint64_t span, uint64_t columns)
{
    return along < span ? (uint64_t)((unsigned __int128)along * columns / span) : columns - 1;
}

/* The first place along the range that lies behind a column; 0 where nothing does. */
static uint64_t border_of(uint64_t column, uint64_t span, uint64_t columns)
{
    if (column + 1 >= columns)
        return 0;
    return (uint64_t)(((unsigned __int128)(column + 1) * span + columns - 1) / columns);
}

static int keep(PyObject *kept, const char *xs, const char *values, Py_ssize_t count, long columns)
{
    const corners none = {-1, -1, -1, -1, -1, 0.0, 0.0};
    uint64_t origin = (uint64_t)step_at(xs, 0), width = (uint64_t)columns;
    uint64_t span = (uint64_t)step_at(xs, count - 1) - origin, border = border_of(0, span, width);
    corners at = none;
    for (Py_ssize_t i = 0; i < count; i++) {
        uint64_t along = (uint64_t)step_at(xs, i) - origin;
        if (border > 0 && along >= border) {
            if (flush(kept, &at) < 0)
                return -1;
            at = none;
            border = border_of(column_of(along, span, width), span, width);
        }
        add(&at, values, i);
    }
    return flush(kept, &at);
}

static int is_clean(const char *values, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++)
        if (!isfinite(value_at(values, i)))
            return 0;
    return 1;
}

PyObject *reportgen_thin(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    Py_buffer xs, values;
    long columns;
    if (!PyArg_ParseTuple(arguments, "y*y*l", &xs, &values, &columns))
        return NULL;
    Py_ssize_t count = values.len / 8;
    PyObject *kept = PyList_New(0);
    if (kept != NULL && (xs.len != values.len || columns < 1 || columns > 1000000)) {
        PyErr_SetString(PyExc_ValueError, "as many steps as values, and a column or more");
        Py_CLEAR(kept);
    }
    int failed = 0;
    if (kept != NULL && count <= 2 * columns && is_clean(values.buf, count))
        for (Py_ssize_t i = 0; i < count && !failed; i++)
            failed = append(kept, i) < 0;
    else if (kept != NULL && count > 0)
        failed = keep(kept, xs.buf, values.buf, count, columns) < 0;
    if (failed)
        Py_CLEAR(kept);
    PyBuffer_Release(&xs);
    PyBuffer_Release(&values);
    return kept;
}

PyObject *reportgen_reach(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    Py_buffer values;
    PyObject *kept;
    if (!PyArg_ParseTuple(arguments, "y*O", &values, &kept))
        return NULL;
    double low = INFINITY, high = -INFINITY;
    Py_ssize_t finite = 0, size = PyList_Size(kept), count = values.len / 8;
    for (Py_ssize_t i = 0; i < size && !PyErr_Occurred(); i++) {
        Py_ssize_t index = PyLong_AsSsize_t(PyList_GetItem(kept, i));
        if (index < 0 || index >= count)
            continue;
        double value = value_at(values.buf, index);
        if (!isfinite(value))
            continue;
        finite++;
        low = value < low ? value : low;
        high = value > high ? value : high;
    }
    PyBuffer_Release(&values);
    return PyErr_Occurred() ? NULL : Py_BuildValue("(ddn)", low, high, finite);
}
