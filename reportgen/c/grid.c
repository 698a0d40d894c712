/* The path of a trace on its grid: the same text as `charts/sparkline.py` makes, whose terms these
   are. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TOP 31
#define GAP '.'
#define LONGEST_STEP 8 /* characters: two numbers of up to two digits with their signs and spaces */

typedef struct {
    int x, y;
} spot;

typedef struct {
    char *out;
    spot at;
    int count; /* spots of this stretch so far */
} pen;

/* 0 to 63, or -1 for what is no character of a trace. */
static int level_of(char c)
{
    if ('A' <= c && c <= 'Z')
        return c - 'A';
    if ('a' <= c && c <= 'z')
        return c - 'a' + 26;
    if ('0' <= c && c <= '9')
        return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

static spot spot_at(const char *trace, Py_ssize_t i)
{
    return (spot){level_of(trace[2 * i]), level_of(trace[2 * i + 1])};
}

static int are_equal(spot a, spot b)
{
    return a.x == b.x && a.y == b.y;
}

/* Write a number below 100; before it, what stands between, which a minus sign replaces. */
static void put(pen *to, char between, int number)
{
    if (number >= 0 && between)
        *to->out++ = between;
    if (number < 0)
        *to->out++ = '-';
    int size = abs(number);
    if (size >= 10)
        *to->out++ = (char)('0' + size / 10);
    *to->out++ = (char)('0' + size % 10);
}

static void keep(pen *to, spot at)
{
    if (to->count == 0) {
        *to->out++ = 'M';
        put(to, 0, at.x);
        *to->out++ = ' ';
        put(to, 0, TOP - at.y);
    } else {
        if (to->count == 1)
            *to->out++ = 'l';
        put(to, to->count == 1 ? 0 : ' ', at.x - to->at.x);
        put(to, ' ', to->at.y - at.y);
    }
    to->at = at;
    to->count++;
}

/* Draw a stretch of spots without those that miss the line by `loss` at the most. */
static void draw(const char *trace, Py_ssize_t count, double loss, pen *to)
{
    spot anchor = spot_at(trace, 0), last = anchor;
    double least = -INFINITY, most = INFINITY;
    to->count = 0;
    keep(to, anchor);
    for (Py_ssize_t i = 1; i < count; i++) {
        spot at = spot_at(trace, i);
        double run = at.x - anchor.x, rise = at.y - anchor.y;
        if (!(run > 0 && least <= rise / run && rise / run <= most)) {
            if (!are_equal(last, to->at))
                keep(to, last);
            anchor = last;
            least = -INFINITY, most = INFINITY;
            run = at.x - anchor.x, rise = at.y - anchor.y;
        }
        if (run > 0) {
            least = fmax(least, (rise - loss) / run);
            most = fmin(most, (rise + loss) / run);
        } else if (rise != 0) {
            keep(to, at);
            anchor = at;
            least = -INFINITY, most = INFINITY;
        }
        last = at;
    }
    if (!are_equal(last, to->at))
        keep(to, last);
    if (to->count == 1) {
        memcpy(to->out, "h0", 2);
        to->out += 2;
    }
}

/* How many characters go before the next gap; -1 where they are no spots. */
static Py_ssize_t stretch_of(const char *trace, Py_ssize_t size)
{
    Py_ssize_t length = 0;
    for (; length < size && trace[length] != GAP; length++)
        if (level_of(trace[length]) < 0)
            return -1;
    return length > 0 && length % 2 == 0 ? length : -1;
}

/* Draw all stretches; whether the text was a trace. */
static int draw_all(const char *trace, Py_ssize_t size, double loss, pen *to)
{
    for (Py_ssize_t start = 0; size > 0 && start <= size;) {
        Py_ssize_t length = stretch_of(trace + start, size - start);
        if (length < 0)
            return 0;
        draw(trace + start, length / 2, loss, to);
        start += length + 1;
    }
    return 1;
}

PyObject *reportgen_grid_path(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    const char *trace;
    Py_ssize_t size;
    double loss;
    if (!PyArg_ParseTuple(arguments, "s#d", &trace, &size, &loss))
        return NULL;
    /* A stretch takes two characters and its gap at least, and begins with one step and three. */
    char *text = PyMem_Malloc((size_t)(size + 2) * LONGEST_STEP);
    if (text == NULL)
        return PyErr_NoMemory();
    pen to = {text, {0, 0}, 0};
    PyObject *path = draw_all(trace, size, loss, &to)
                         ? PyUnicode_FromStringAndSize(text, to.out - text)
                         : Py_NewRef(Py_None);
    PyMem_Free(text);
    return path;
}
