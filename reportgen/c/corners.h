/* The corners of a stretch of values: what is seen of it where it is drawn in one column. */

#ifndef REPORTGEN_CORNERS_H
#define REPORTGEN_CORNERS_H

#include <math.h>

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

#endif
