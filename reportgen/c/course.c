/* The course of values and their extremes: the same results as `trace.py`, whose terms these are. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "corners.h"

#define TRACE_COLUMNS 24
#define X_LEVELS 64
#define Y_LEVELS 32

/* Find the corners of each column of the trace. `all` become those of all columns. */
static void survey(const char *values, Py_ssize_t count, corners *columns, Py_ssize_t width,
                   corners *all)
{
    for (Py_ssize_t c = 0; c < width; c++) {
        corners at = columns[c] = corners_of(values, c * count / width, (c + 1) * count / width);
        if (at.first < 0)
            continue;
        if (all->first < 0) {
            *all = at;
            continue;
        }
        if (at.least < all->least) {
            all->low = at.low;
            all->least = at.least;
        }
        if (at.greatest > all->greatest) {
            all->high = at.high;
            all->greatest = at.greatest;
        }
        all->last = at.last;
    }
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
static Py_ssize_t draw(const corners *columns, Py_ssize_t width, const char *values,
                       Py_ssize_t count, const corners *all, char *text)
{
    static const char ALPHABET[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    Py_ssize_t size = 0, before = all->first;
    char x = 0, y = 0;
    for (Py_ssize_t c = 0; c < width; c++) {
        const corners *at = &columns[c];
        int rises = at->low < at->high;
        Py_ssize_t places[] = {at->first, rises ? at->low : at->high, rises ? at->high : at->low,
                               at->last};
        for (int i = 0; i < 4 && at->first >= 0; i++) {
            Py_ssize_t here = places[i];
            char to_x = ALPHABET[here * (X_LEVELS - 1) / (count - 1)];
            char to_y = ALPHABET[level_of(value_at(values, here), all->least, all->greatest)];
            int is_gap = !is_clean(values, before, here);
            before = here;
            if (!is_gap && to_x == x && to_y == y)
                continue;
            if (is_gap)
                text[size++] = '.';
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
    corners columns[TRACE_COLUMNS], all = {-1, -1, -1, -1, -1, 0.0, 0.0};
    char text[TRACE_COLUMNS * 4 * 3]; /* at most four points a column, each behind a gap */
    Py_ssize_t size = 0, count = view.len / 8;
    Py_ssize_t width = count < TRACE_COLUMNS ? count : TRACE_COLUMNS;
    survey(view.buf, count, columns, width, &all);
    if (all.first < all.last)
        size = draw(columns, width, view.buf, count, &all, text);
    PyBuffer_Release(&view);
    return Py_BuildValue("(nns#)", all.low, all.high, text, size);
}
