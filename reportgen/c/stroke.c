/* The path of a line: the same bytes as `charts/traces.py` makes, whose terms these are. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST 8       /* characters of a number, with the comma before it */
#define BEYOND 8192     /* places so far out are not for us */
#define MOST_BETWEEN 24 /* points that one stretch replaces */

static char *spell(char *out, int64_t number)
{
    char digits[LONGEST];
    int count = 0;
    uint64_t rest = (uint64_t)(number < 0 ? -number : number);
    if (number < 0)
        *out++ = '-';
    do
        digits[count++] = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    while (count > 0)
        *out++ = digits[--count];
    return out;
}

typedef struct {
    int64_t x_low;
    double x_scale, x_start, y_high, y_scale, y_top;
    int is_log;
} frame;

typedef struct {
    int64_t x, y;
} spot;

/* The place of a point; 0 where it lies beyond what fits. */
static int place(const Py_buffer *xs, const Py_buffer *values, int64_t i, const frame *in,
                 spot *at)
{
    int64_t step;
    double value;
    memcpy(&step, (const char *)xs->buf + i * 8, 8);
    memcpy(&value, (const char *)values->buf + i * 8, 8);
    if (in->is_log)
        value = log10(value);
    /* No step is below x_low; their difference may need all 64 bits. */
    double along = (double)((uint64_t)step - (uint64_t)in->x_low) * in->x_scale + in->x_start;
    double down = (in->y_high - value) * in->y_scale + in->y_top;
    if (!(along > -BEYOND && along < BEYOND && down > -BEYOND && down < BEYOND))
        return 0;
    at->x = (int64_t)along;
    at->y = (int64_t)down;
    return 1;
}

/* The places of kept points, in memory that is the caller's; NULL where they are not for us. */
static spot *places(const Py_buffer *xs, const Py_buffer *values, const Py_buffer *kept,
                    const frame *in)
{
    Py_ssize_t count = kept->len / 8, points = xs->len / 8;
    spot *spots = count > 0 && xs->len == values->len
                      ? PyMem_Malloc((size_t)count * sizeof(spot)) : NULL;
    for (Py_ssize_t i = 0; spots != NULL && i < count; i++) {
        int64_t index;
        memcpy(&index, (const char *)kept->buf + i * 8, 8);
        if (index < 0 || index >= points || !place(xs, values, index, in, &spots[i])) {
            PyMem_Free(spots);
            spots = NULL;
        }
    }
    return spots;
}

/* Whether a spot is no farther than the root of a half from the stretch between two others. */
static int is_near(spot at, spot from, spot to)
{
    int64_t run = to.x - from.x, rise = to.y - from.y, x = at.x - from.x, y = at.y - from.y;
    int64_t along = run * x + rise * y, length = run * run + rise * rise;
    if (along <= 0)
        return x == 0 && y == 0;
    if (along >= length)
        return x == run && y == rise;
    int64_t across = run * y - rise * x;
    return 2 * across * across <= length;
}

/* Drop the spots that lie near the stretch between those before and behind; how many remain. */
static Py_ssize_t simplify(spot *spots, Py_ssize_t count)
{
    Py_ssize_t left = 1, from = 0; /* `from` is where the last one that remains stood */
    spot start = spots[0];
    for (Py_ssize_t to = 2; to < count; to++) {
        int near = to - from <= MOST_BETWEEN;
        for (Py_ssize_t i = from + 1; near && i < to; i++)
            near = is_near(spots[i], start, spots[to]);
        if (!near) {
            from = to - 1;
            spots[left++] = start = spots[from];
        }
    }
    if (count > 1)
        spots[left++] = spots[count - 1];
    return left;
}

/* Write the path through some spots; its length. */
static Py_ssize_t draw(const spot *spots, Py_ssize_t count, char *text)
{
    char *out = text;
    *out++ = 'M';
    out = spell(out, spots[0].x);
    *out++ = ' ';
    out = spell(out, spots[0].y);
    *out++ = count > 1 ? 'l' : 'h';
    if (count == 1)
        *out++ = '0';
    for (Py_ssize_t i = 1; i < count; i++) {
        int64_t run = spots[i].x - spots[i - 1].x, rise = spots[i].y - spots[i - 1].y;
        if (i > 1 && run >= 0)
            *out++ = ',';
        out = spell(out, run);
        if (rise >= 0)
            *out++ = ',';
        out = spell(out, rise);
    }
    return out - text;
}

PyObject *reportgen_stroke(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    Py_buffer xs, values, kept;
    PyObject *result = NULL;
    frame in;
    long long low;
    if (!PyArg_ParseTuple(arguments, "y*y*y*Ldddddp", &xs, &values, &kept, &low, &in.x_scale,
                          &in.x_start, &in.y_high, &in.y_scale, &in.y_top, &in.is_log))
        return NULL;
    in.x_low = low;
    Py_ssize_t count = kept.len / 8;
    spot *spots = places(&xs, &values, &kept, &in);
    char *text = spots == NULL ? NULL : PyMem_Malloc((size_t)(count + 1) * 2 * LONGEST);
    if (text != NULL) {
        spot last = spots[count - 1];
        int64_t travel = 0;
        for (Py_ssize_t i = 1; i < count; i++)
            travel += llabs(spots[i].y - spots[i - 1].y);
        Py_ssize_t size = draw(spots, simplify(spots, count), text);
        result = Py_BuildValue("(s#LLL)", text, size, (long long)last.x, (long long)last.y,
                               (long long)travel);
    } else {
        result = Py_NewRef(Py_None);
    }
    PyMem_Free(text);
    PyMem_Free(spots);
    PyBuffer_Release(&xs);
    PyBuffer_Release(&values);
    PyBuffer_Release(&kept);
    return result;
}
