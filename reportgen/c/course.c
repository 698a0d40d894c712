/* The course of values and their extremes: the same results as `trace.py`, whose terms these are. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <math.h>
#include <string.h>

#define TRACE_COLUMNS 24
#define X_LEVELS 64
#define Y_LEVELS 32

typedef struct {
    Py_ssize_t index; /* -1 where there is none */
    Py_ssize_t gaps;  /* values before it that are not finite */
    double value;
} mark;

typedef struct {
    mark first, low, high, last; /* finite values of one column of the trace */
} column;

/* Go through the values; the number of finite ones. `low` and `high` become those of all. */
static Py_ssize_t survey(const char *values, Py_ssize_t count, column *columns, Py_ssize_t width,
                         mark *low, mark *high)
{
    Py_ssize_t gaps = 0, i = 0;
    for (Py_ssize_t c = 0; c < width; c++) {
        column *at = &columns[c];
        at->first.index = at->low.index = at->high.index = -1;
        for (Py_ssize_t stop = (c + 1) * count / width; i < stop; i++) {
            mark here = {i, gaps, 0.0};
            memcpy(&here.value, values + i * 8, 8);
            if (!isfinite(here.value)) {
                gaps++;
                continue;
            }
            if (at->first.index < 0)
                at->first = at->low = at->high = here;
            else if (here.value < at->low.value)
                at->low = here;
            else if (here.value > at->high.value)
                at->high = here;
            at->last = here;
        }
        if (at->first.index < 0)
            continue;
        if (low->index < 0 || at->low.value < low->value)
            *low = at->low;
        if (high->index < 0 || at->high.value > high->value)
            *high = at->high;
    }
    return count - gaps;
}

/* The height of a value, 0 to 31. Where the range is beyond a double, halves are within. */
static int level_of(double value, double low, double high)
{
    double span = high - low;
    if (span == 0.0)
        return Y_LEVELS / 2;
    double share = isfinite(span) ? (value - low) / span
                                  : (value / 2 - low / 2) / (high / 2 - low / 2);
    int level = (int)(share * Y_LEVELS);
    return level < Y_LEVELS ? level : Y_LEVELS - 1;
}

/* Write the points of the columns, each two characters; the number of characters. */
static Py_ssize_t draw(const column *columns, Py_ssize_t width, Py_ssize_t count,
                       double low, double high, char *text)
{
    static const char ALPHABET[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    Py_ssize_t size = 0, gaps = -1;
    char x = 0, y = 0;
    for (Py_ssize_t c = 0; c < width; c++) {
        const column *at = &columns[c];
        int rises = at->low.index < at->high.index;
        const mark *marks[] = {&at->first, rises ? &at->low : &at->high,
                               rises ? &at->high : &at->low, &at->last};
        for (int i = 0; i < 4 && at->first.index >= 0; i++) {
            const mark *here = marks[i];
            char to_x = ALPHABET[here->index * (X_LEVELS - 1) / (count - 1)];
            char to_y = ALPHABET[level_of(here->value, low, high)];
            if (here->gaps == gaps && to_x == x && to_y == y)
                continue;
            if (here->gaps != gaps && size > 0)
                text[size++] = '.';
            gaps = here->gaps;
            text[size++] = x = to_x;
            text[size++] = y = to_y;
        }
    }
    return size;
}

PyObject *reportgen_course(PyObject *Py_UNUSED(module), PyObject *values)
{
    Py_buffer view;
    if (PyObject_GetBuffer(values, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    column columns[TRACE_COLUMNS];
    char text[TRACE_COLUMNS * 4 * 3]; /* at most four points a column, each behind a gap */
    mark low = {-1, 0, 0.0}, high = {-1, 0, 0.0};
    Py_ssize_t size = 0, count = view.len / 8;
    Py_ssize_t width = count < TRACE_COLUMNS ? count : TRACE_COLUMNS;
    if (survey(view.buf, count, columns, width, &low, &high) > 1)
        size = draw(columns, width, count, low.value, high.value, text);
    PyBuffer_Release(&view);
    return Py_BuildValue("(nns#)", low.index, high.index, text, size);
}
