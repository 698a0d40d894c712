/* Numbers of metric files, from text: ints of up to 18 digits, and doubles just as Python's float()
   makes them, without its detours.

   A body is a bytes object and ends in a newline, so a loop over digits always finds its end:
   the newline, and behind it the NUL that each bytes object has. Functions give the place behind
   what they have read, or NULL where it is not of the common form. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#if FLT_EVAL_METHOD != 0
#error "doubles are not computed as doubles here, and results would differ"
#endif

#define MOST_DIGITS 18 /* of a timestamp or step: fits 64 bits without a look */

static int is_digit(char c)
{
    return '0' <= c && c <= '9';
}

#if defined(__SIZEOF_INT128__) && defined(__BYTE_ORDER__) && \
    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define HAS_WIDE_WORDS /* GCC and Clang on 64 bits; others take a digit at a time, and strtod */
#endif

#if defined(HAS_WIDE_WORDS)
/* Bits set in each byte that is no digit, up to the first such byte at least. */
static uint64_t odd_bytes(uint64_t word)
{
    return ((word & (word + 0x0606060606060606)) ^ 0x3030303030303030) & 0xF0F0F0F0F0F0F0F0;
}

/* The number that eight digits make, each a byte of the word: three steps add up neighbours, the
   upper one tenfold, then a hundredfold, then ten-thousandfold. */
static uint64_t eight_digits(uint64_t word)
{
    word = word * 2561 >> 8 & 0x00FF00FF00FF00FF;
    word = word * 6553601 >> 16 & 0x0000FFFF0000FFFF;
    return word * 42949672960001 >> 32;
}
#endif

/* Append the digits at `p` to a number, modulo 2^64; too many are for the caller to refuse. */
static const char *take_few_digits(const char *p, uint64_t *number)
{
    for (; is_digit(*p); p++)
        *number = *number * 10 + (uint64_t)(*p - '0');
    return p;
}

/* The same, faster where there are eight or more. */
static const char *take_digits(const char *p, const char *end, uint64_t *number)
{
#if defined(HAS_WIDE_WORDS)
    for (uint64_t word; end - p >= 8; p += 8) {
        memcpy(&word, p, 8);
        if (odd_bytes(word) != 0)
            break;
        *number = *number * 100000000 + eight_digits(word & 0x0F0F0F0F0F0F0F0F);
    }
#endif
    return take_few_digits(p, number);
}

static const char *take_whole(const char *p, const char *end, int64_t *whole)
{
    uint64_t number = 0;
    int negative = *p == '-';
    const char *digits = p += negative;
    p = take_digits(p, end, &number);
    if (p == digits || p - digits > MOST_DIGITS)
        return NULL;
    *whole = negative ? -(int64_t)number : (int64_t)number;
    return p;
}

#if defined(HAS_WIDE_WORDS)
/* Powers of five below 2^64 */
static const uint64_t FIVES[] = {
    1, 5, 25, 125, 625, 3125, 15625, 78125, 390625, 1953125, 9765625, 48828125, 244140625,
    1220703125, 6103515625, 30517578125, 152587890625, 762939453125, 3814697265625,
    19073486328125, 95367431640625, 476837158203125, 2384185791015625, 11920928955078125,
    59604644775390625, 298023223876953125, 1490116119384765625, 7450580596923828125};
#define MOST_FIVES 27

/* number / 10^places, correctly rounded: 10^places is 5^places * 2^places, and only the fives need
   dividing. Both sides are shifted up to 64 bits, so that the quotient has 63 bits; its lowest bit
   is set where anything remains, so the one rounding, to double, goes the way the exact value does.
   The power of two, 2^-152 at least, is made of its bits; multiplying by it is exact. */
static double divide(uint64_t number, int places)
{
    int up = __builtin_clzll(number), fives_up = __builtin_clzll(FIVES[places]);
    uint64_t divisor = FIVES[places] << fives_up;
    unsigned __int128 dividend = (unsigned __int128)(number << up) << 62;
    uint64_t quotient = (uint64_t)(dividend / divisor); /* 2^61 < quotient < 2^63 */
    quotient |= (uint64_t)(dividend - (unsigned __int128)quotient * divisor != 0);
    uint64_t bits = (uint64_t)(1023 + fives_up - up - 62 - places) << 52;
    double power_of_two;
    memcpy(&power_of_two, &bits, 8);
    return (double)(int64_t)quotient * power_of_two;
}
#endif

/* number * 10^power where that can be told at once and exactly; whether it could. */
static int scale(uint64_t number, Py_ssize_t power, double *value)
{
    static const double TENS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (number == 0) {
        *value = 0.0;
        return 1;
    }
    /* Clinger: both sides are exact doubles, so the one operation rounds correctly. */
    if (number >> 53 == 0 && -22 <= power && power <= 22) {
        *value = power < 0 ? (double)number / TENS[-power] : (double)number * TENS[power];
        return 1;
    }
#if defined(HAS_WIDE_WORDS)
    if (-MOST_FIVES <= power && power < 0) {
        *value = divide(number, (int)-power);
        return 1;
    }
#endif
    return 0;
}

static const char *take_word(const char *p, const char *end, int negative, double *value)
{
    if (end - p < 4)
        return NULL;
    if (memcmp(p, "inf", 3) == 0)
        *value = negative ? -HUGE_VAL : HUGE_VAL;
    else if (memcmp(p, "nan", 3) == 0 && !negative)
        *value = Py_NAN;
    else
        return NULL;
    return p + 3;
}

/* A decimal as Python writes it, with or without fraction and exponent; nan, inf or -inf. */
static const char *take_value(const char *p, const char *end, double *value)
{
    const char *start = p;
    uint64_t number = 0, exponent = 0;
    int negative = *p == '-';
    const char *digits = p += negative;
    p = take_few_digits(p, &number);
    Py_ssize_t count = p - digits, power = 0;
    if (count == 0)
        return take_word(p, end, negative, value);
    if (*p == '.') {
        const char *fraction = ++p;
        p = take_digits(p, end, &number);
        if (p == fraction)
            return NULL;
        power = fraction - p;
        count -= power;
    }
    if (*p == 'e' || *p == 'E') {
        int below = p[1] == '-';
        const char *exponent_digits = p += 1 + (below || p[1] == '+');
        p = take_few_digits(p, &exponent);
        if (p == exponent_digits || p - exponent_digits > 4)
            return NULL;
        power += below ? -(Py_ssize_t)exponent : (Py_ssize_t)exponent;
    }
    for (; count > 19 && (*digits == '0' || *digits == '.'); digits++)
        count -= *digits == '0';
    if (count <= 19 && scale(number, power, value)) { /* 19 digits are below 2^64 */
        *value = negative ? -*value : *value;
        return p;
    }
    char *stop = NULL;
    *value = PyOS_string_to_double(start, &stop, NULL);
    if (PyErr_Occurred()) {
        PyErr_Clear();
        return NULL;
    }
    return stop == p ? p : NULL;
}
