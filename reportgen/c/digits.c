/* Values as whole numbers of few digits, in text: as `charts/digits.py` has it in Python, whose
   terms these are. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "packed.h"

#define BLOCK 64
#define NONE 31
#define GROUP 13 /* bits of two characters */
#define CHARACTERS 92
#define KEPT 7
#define USUAL 6
#define MOST 15
#define MOST_WITH_GAPS 9 /* so that a difference from one that is not finite takes 32 bits */
#define TOLD_APART 5
#define LEAST -24
#define GREATEST 22
#define SMALLEST 1e-15
#define MOST_BITS 36 /* of a difference, with its share of what stands before a block */

static const char ALPHABET[] =
    " !#$%&()*+,-./0123456789:;<=>?@"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`"
    "abcdefghijklmnopqrstuvwxyz{|}~";

static const double POWERS[] = {
    1e-24, 1e-23, 1e-22, 1e-21, 1e-20, 1e-19, 1e-18, 1e-17, 1e-16, 1e-15, 1e-14, 1e-13,
    1e-12, 1e-11, 1e-10, 1e-9,  1e-8,  1e-7,  1e-6,  1e-5,  1e-4,  1e-3,  1e-2,  1e-1,
    1e0,   1e1,   1e2,   1e3,   1e4,   1e5,   1e6,   1e7,   1e8,   1e9,   1e10,  1e11,
    1e12,  1e13,  1e14,  1e15,  1e16,  1e17,  1e18,  1e19,  1e20,  1e21,  1e22};

static const int64_t WHOLE[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000,
                                1000000000, 10000000000, 100000000000, 1000000000000,
                                10000000000000, 100000000000000, 1000000000000000};

typedef struct {
    int digits, exponent, has_odd; /* values that are not finite */
    int64_t first, top;
} form;

typedef struct {
    char *out;
    uint64_t held; /* bits that are not written yet, the last one lowest */
    int count;
} writer;

static double power(int exponent)
{
    return POWERS[exponent - LEAST];
}

/* The exponent of a size within limits; `near` is one to begin with. */
static int exponent_of(double size, int near)
{
    while (size < power(near))
        near--;
    while (near < GREATEST && size >= power(near + 1))
        near++;
    return near;
}

static int64_t scaled(double size, int up)
{
    return (int64_t)((up >= 0 ? size * power(up) : size / power(-up)) + 0.5);
}

static int is_short(double size, int exponent)
{
    int up = KEPT - 1 - exponent;
    double number = (double)scaled(size, up);
    return size == (up >= 0 ? number / power(up) : number * power(-up));
}

/* Find the digits that values need and the least exponent; no digits where they are not for us. */
static form form_of(const char *values, Py_ssize_t count)
{
    const form unfit = {.digits = 0};
    double low = INFINITY, high = -INFINITY, least = INFINITY, greatest = 0.0;
    int shorts = 1, wholes = 1, has_odd = 0, near = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        double value = value_at(values, i), size = fabs(value);
        if (!isfinite(value)) {
            has_odd = 1;
            continue;
        }
        low = value < low ? value : low;
        high = value > high ? value : high;
        if (size == 0.0)
            continue;
        if (size < SMALLEST || size >= power(GREATEST))
            return unfit;
        least = size < least ? size : least;
        greatest = size > greatest ? size : greatest;
        wholes = wholes && size == rint(size);
        if (shorts)
            shorts = is_short(size, near = exponent_of(size, near));
    }
    if (greatest == 0.0)
        return (form){.digits = 1, .has_odd = has_odd};
    int exponent = exponent_of(greatest, near), most = has_odd ? MOST_WITH_GAPS : MOST;
    form found = {shorts || wholes ? KEPT : USUAL, exponent_of(least, near), has_odd, 0, 0};
    double span = shorts ? 0.0 : high - low;
    while (span > 0.0 && span < power(exponent - found.digits + 1 + TOLD_APART))
        if (++found.digits > most)
            return unfit;
    return found.digits - 1 - found.exponent > GREATEST ? unfit : found;
}

/* Write the codes of values, but for those that are not finite, and find the greatest; the noughts
   at the end of all numbers. */
static int encode(const char *values, Py_ssize_t count, form *told, int64_t *codes)
{
    const int64_t start = WHOLE[told->digits - 1];
    int noughts = told->digits - 1, near = 0, up = 0;
    int64_t before = 0, top = 0; /* the code of the decade less its first number; the greatest */
    double low = INFINITY, high = 0.0;
    for (Py_ssize_t i = 0; i < count; i++) {
        double value = value_at(values, i), size = fabs(value);
        codes[i] = 0;
        if (!(size > 0.0 && size < INFINITY))
            continue;
        if (!(low <= size && size < high)) {
            near = exponent_of(size, near);
            low = power(near);
            high = near < GREATEST ? power(near + 1) : INFINITY;
            up = told->digits - 1 - near;
            before = (near - told->exponent) * 9 * start - start + 1;
        }
        int64_t number = scaled(size, up), code = before + number;
        codes[i] = value < 0.0 ? -code : code;
        top = code > top ? code : top;
        while (noughts > 0 && number % WHOLE[noughts] != 0)
            noughts--;
    }
    told->top = top;
    return noughts;
}

/* The size of a code once the noughts of a unit are left out. */
static int64_t without(int64_t unit, int64_t size)
{
    return size > 0 ? (size - 1) / unit + 1 : 0;
}

/* Make codes those of numbers without the noughts at their end. */
static void shorten(Py_ssize_t count, int noughts, int64_t *codes, form *told)
{
    const int64_t unit = WHOLE[noughts];
    told->digits -= noughts;
    told->top = without(unit, told->top);
    for (Py_ssize_t i = 0; noughts > 0 && i < count; i++)
        codes[i] = codes[i] < 0 ? -without(unit, -codes[i]) : without(unit, codes[i]);
}

static void mark_odd(const char *values, Py_ssize_t count, int64_t top, int64_t *codes)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        double value = value_at(values, i);
        if (!isfinite(value))
            codes[i] = top + (value != value ? 1 : value > 0 ? 2 : 3);
    }
}

/* Write up to 45 bits. */
static void put(writer *to, uint64_t bits, int count)
{
    to->held = to->held << count | bits;
    to->count += count;
    while (to->count >= GROUP) {
        to->count -= GROUP;
        unsigned group = (unsigned)(to->held >> to->count) & ((1u << GROUP) - 1);
        *to->out++ = ALPHABET[group / CHARACTERS];
        *to->out++ = ALPHABET[group % CHARACTERS];
    }
}

static void put_block(writer *to, const int64_t *codes, Py_ssize_t count)
{
    uint64_t folded[BLOCK], total = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        int64_t difference = codes[i] - codes[i - 1];
        folded[i] = (uint64_t)difference << 1 ^ (uint64_t)(difference >> 63);
        total += folded[i];
    }
    int k = 0;
    while (k < NONE - 1 && 2 * (uint64_t)count << k < total)
        k++;
    put(to, total > 0 ? (unsigned)k : NONE, 5);
    for (Py_ssize_t i = 0; total > 0 && i < count; i++) {
        uint64_t upper = folded[i] >> k;
        for (; upper > 13; upper -= 13)
            put(to, (1u << 13) - 1, 13);
        uint64_t lower = folded[i] & (((uint64_t)1 << k) - 1);
        put(to, (((uint64_t)1 << upper) - 1) << (k + 1) | lower, (int)upper + k + 1);
    }
}

/* The text of codes, in a buffer that is the caller's; NULL without memory. */
static char *write_all(const int64_t *codes, Py_ssize_t count, Py_ssize_t *size)
{
    char *text = PyMem_Malloc((size_t)count * MOST_BITS / GROUP * 2 + 64);
    writer to = {text, 0, 0};
    for (Py_ssize_t start = 1; text != NULL && start < count; start += BLOCK)
        put_block(&to, codes + start, count - start < BLOCK ? count - start : BLOCK);
    if (text != NULL && to.count > 0)
        put(&to, 0, GROUP - to.count);
    *size = to.out - text;
    return text;
}

PyObject *reportgen_digits(PyObject *Py_UNUSED(module), PyObject *argument)
{
    Py_buffer values;
    if (PyObject_GetBuffer(argument, &values, PyBUF_SIMPLE) < 0)
        return NULL;
    Py_ssize_t count = values.len / 8, size = 0;
    form told = form_of(values.buf, count);
    if (count == 0 || told.digits == 0) {
        PyBuffer_Release(&values);
        Py_RETURN_NONE;
    }
    PyObject *result = NULL;
    char *text = NULL;
    int64_t *codes = PyMem_Malloc((size_t)count * 8);
    if (codes != NULL) {
        shorten(count, encode(values.buf, count, &told, codes), codes, &told);
        if (told.has_odd)
            mark_odd(values.buf, count, told.top, codes);
        told.first = codes[0];
        text = write_all(codes, count, &size);
    }
    if (text != NULL)
        result = Py_BuildValue("(s#iiLL)", text, size, told.digits, told.exponent,
                               (long long)told.first, (long long)told.top);
    else
        PyErr_NoMemory();
    PyMem_Free(text);
    PyMem_Free(codes);
    PyBuffer_Release(&values);
    return result;
}
