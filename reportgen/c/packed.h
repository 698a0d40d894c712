/* Numbers of a packed array, wherever in memory it begins. */

#ifndef REPORTGEN_PACKED_H
#define REPORTGEN_PACKED_H

#include <stdint.h>
#include <string.h>

static inline int64_t whole_at(const char *numbers, Py_ssize_t i)
{
    int64_t number;
    memcpy(&number, numbers + i * 8, 8);
    return number;
}

static inline double value_at(const char *numbers, Py_ssize_t i)
{
    double number;
    memcpy(&number, numbers + i * 8, 8);
    return number;
}

#endif
