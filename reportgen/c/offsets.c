/* Values as offsets from the least of them: as `charts/offsets.py` has it in Python. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdint.h>
#include <string.h>

#define SIGN 0x80000000u
#define ENDLESS 0x7F800000u
#define MOST_DROPPED 2

typedef struct {
    uint32_t sign, least, greatest, differing;
    int mixed;
} Span;

typedef struct {
    int width, shift, exact;
} Form;

static uint32_t bits_at(const char *values, Py_ssize_t i)
{
    double value;
    float less;
    uint32_t bits;
    memcpy(&value, values + i * 8, 8);
    less = (float)value;
    memcpy(&bits, &less, 4);
    return bits;
}

static int is_plain(uint32_t size)
{
    return size != 0 && size < ENDLESS;
}

static Span span_of(const char *values, Py_ssize_t count)
{
    Span span = {0, UINT32_MAX, 0, 0, 0};
    int seen = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        uint32_t bits = bits_at(values, i), size = bits & ~SIGN;
        if (!is_plain(size))
            continue;
        if (seen && (bits & SIGN) != span.sign)
            span.mixed = 1;
        seen = 1;
        span.sign = bits & SIGN;
        span.least = size < span.least ? size : span.least;
        span.greatest = size > span.greatest ? size : span.greatest;
    }
    if (!seen)
        span.least = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        uint32_t size = bits_at(values, i) & ~SIGN;
        span.differing |= is_plain(size) ? size - span.least : 0;
    }
    return span;
}

/* The fewest bytes that tell the values apart; `width` 0 where more than three are needed. */
static Form form_of(Span span)
{
    Form form = {0, 0, 1};
    uint32_t reach = span.greatest - span.least;
    while (span.differing && !(span.differing >> form.shift & 1))
        form.shift++;
    for (int width = 1; width <= 3; width++) {
        form.width = width;
        if (reach >> form.shift < (1u << 8 * width) - 4)
            return form;
    }
    form.exact = 0;
    for (form.shift = 1; form.shift <= MOST_DROPPED; form.shift++) {
        if ((reach + (1u << form.shift >> 1)) >> form.shift < (1u << 24) - 4)
            return form;
    }
    form.width = 0;
    return form;
}

static uint32_t code_of(uint32_t bits, Span span, Form form)
{
    uint32_t size = bits & ~SIGN, top = (1u << 8 * form.width) - 4;
    if (is_plain(size))
        return (size - span.least + (1u << form.shift >> 1)) >> form.shift;
    if (size == 0)
        return top;
    if (size > ENDLESS)
        return top + 1;
    return bits & SIGN ? top + 3 : top + 2;
}

PyObject *reportgen_offsets(PyObject *Py_UNUSED(module), PyObject *argument)
{
    Py_buffer values;
    if (PyObject_GetBuffer(argument, &values, PyBUF_SIMPLE) < 0)
        return NULL;
    PyObject *planes = NULL;
    Py_ssize_t count = values.len / 8;
    Span span = span_of(values.buf, count);
    Form form = form_of(span);
    if (span.mixed || form.width == 0) {
        PyBuffer_Release(&values);
        Py_RETURN_NONE;
    }
    planes = PyBytes_FromStringAndSize(NULL, count * form.width);
    char *out = planes == NULL ? NULL : PyBytes_AsString(planes);
    for (Py_ssize_t i = 0; out != NULL && i < count; i++) {
        uint32_t code = code_of(bits_at(values.buf, i), span, form);
        for (int plane = 0; plane < form.width; plane++)
            out[plane * count + i] = (char)(code >> 8 * plane);
    }
    PyBuffer_Release(&values);
    if (out == NULL)
        return NULL;
    return Py_BuildValue("(NiIii)", planes, form.width, span.least | span.sign, form.shift,
                         form.exact);
}
