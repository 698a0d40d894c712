/* The path of a line: the same bytes as `charts/traces.py` makes, whose terms these are. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdint.h>
#include <string.h>

#define LONGEST 21 /* characters of a number, with the comma before it */

static char *spell(char *out, int64_t number)
{
    char digits[20];
    int count = 0;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
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
} frame;

/* The place of a point in tenths of a unit; 0 where it lies beyond what fits. */
static int place(const Py_buffer *xs, const Py_buffer *values, Py_ssize_t i, const frame *in,
                 int64_t *x, int64_t *y)
{
    int64_t step;
    double value;
    memcpy(&step, (const char *)xs->buf + i * 8, 8);
    memcpy(&value, (const char *)values->buf + i * 8, 8);
    double along = (double)(step - in->x_low) * in->x_scale + in->x_start;
    double down = (in->y_high - value) * in->y_scale + in->y_top;
    if (!(along > -1e9 && along < 1e9 && down > -1e9 && down < 1e9))
        return 0;
    *x = (int64_t)along;
    *y = (int64_t)down;
    return 1;
}

/* Write the path through the kept points; its length, or -1 where it is not for us. */
static Py_ssize_t draw(const Py_buffer *xs, const Py_buffer *values, PyObject *kept,
                       const frame *in, char *text, int64_t *x, int64_t *y, int64_t *travel)
{
    char *out = text;
    Py_ssize_t count = PyList_Size(kept), points = xs->len / 8;
    for (Py_ssize_t i = 0; i < count; i++) {
        int64_t x_before = *x, y_before = *y;
        Py_ssize_t index = PyLong_AsSsize_t(PyList_GetItem(kept, i));
        if (index < 0 || index >= points || !place(xs, values, index, in, x, y))
            return -1;
        if (i == 0) {
            *out++ = 'M';
            out = spell(out, *x);
            *out++ = ' ';
            out = spell(out, *y);
            *out++ = 'l';
            continue;
        }
        if (i > 1 && *x >= x_before)
            *out++ = ',';
        out = spell(out, *x - x_before);
        if (*y >= y_before)
            *out++ = ',';
        out = spell(out, *y - y_before);
        *travel += *y > y_before ? *y - y_before : y_before - *y;
    }
    return out - text;
}

PyObject *reportgen_stroke(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    Py_buffer xs, values;
    PyObject *kept, *result = NULL;
    frame in;
    int64_t x = 0, y = 0, travel = 0;
    long long low;
    if (!PyArg_ParseTuple(arguments, "y*y*OLddddd", &xs, &values, &kept, &low, &in.x_scale,
                          &in.x_start, &in.y_high, &in.y_scale, &in.y_top))
        return NULL;
    in.x_low = low;
    Py_ssize_t count = PyList_Check(kept) ? PyList_Size(kept) : 0, size = -1;
    char *text = count > 1 && xs.len == values.len
                     ? PyMem_Malloc((size_t)(count + 1) * 2 * LONGEST) : NULL;
    if (text != NULL)
        size = draw(&xs, &values, kept, &in, text, &x, &y, &travel);
    if (size >= 0)
        result = Py_BuildValue("(s#LLL)", text, size, (long long)x, (long long)y,
                               (long long)travel);
    else if (!PyErr_Occurred())
        result = Py_NewRef(Py_None);
    PyMem_Free(text);
    PyBuffer_Release(&xs);
    PyBuffer_Release(&values);
    return result;
}
