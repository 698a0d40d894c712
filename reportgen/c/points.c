/* The common form of a metric file, parsed in one pass and put in order.

   Optional: `readers/metricfile.py` does the same in Python where this is not built. Whatever is not of
   the common form is refused here and read there, so that each odd case is handled in one place.
   Only the stable ABI is used. */

#include "numbers.h"

#include <stdlib.h>

PyObject *reportgen_corners(PyObject *module, PyObject *arguments); /* in thin.c */
PyObject *reportgen_course(PyObject *module, PyObject *values); /* in course.c */
PyObject *reportgen_digits(PyObject *module, PyObject *argument); /* in digits.c */
PyObject *reportgen_grid_path(PyObject *module, PyObject *arguments); /* in grid.c */
PyObject *reportgen_listing(PyObject *module, PyObject *arguments); /* in files.c */
PyObject *reportgen_read(PyObject *module, PyObject *arguments); /* in files.c */
PyObject *reportgen_stamps(PyObject *module, PyObject *arguments); /* in files.c */
PyObject *reportgen_knots(PyObject *module, PyObject *arguments); /* in knots.c */
PyObject *reportgen_thin(PyObject *module, PyObject *arguments); /* in thin.c */
PyObject *reportgen_stroke(PyObject *module, PyObject *arguments); /* in stroke.c */

#define SECONDS_BELOW 100000000000 /* as in metriclines.py */
#define STEP_WEIGHT 0x9E3779B97F4A7C15 /* as in metricfile.py */
#define USUAL_LINE 24              /* characters; few files have shorter ones */

/* The points read so far, and how many there is room for. */
typedef struct {
    int64_t *times, *steps; /* times in ms */
    double *values;
    Py_ssize_t count, room;
    int ordered; /* each later than the one before, by step, then time */
    int has_nan;
    const char *rest; /* of each line, behind its step: in the body */
    Py_ssize_t rest_size;
} points;

/* Make room for more points; whether there was memory. */
static int grow(points *all, Py_ssize_t more)
{
    size_t room = (size_t)(all->room + more) * 8;
    int64_t *times = PyMem_Realloc(all->times, room);
    all->times = times ? times : all->times;
    int64_t *steps = PyMem_Realloc(all->steps, room);
    all->steps = steps ? steps : all->steps;
    double *values = PyMem_Realloc(all->values, room);
    all->values = values ? values : all->values;
    all->room += more;
    return times && steps && values;
}

/* Go to the end of a line of which more stands behind the step, as in all lines; else NULL. */
static const char *take_rest(const char *p, const char *end, points *all)
{
    if (*p != ' ' && *p != '\n')
        return NULL;
    const char *rest = p + (*p == ' ');
    p = memchr(p, '\n', (size_t)(end - p));
    if (all->count == 0) {
        all->rest = rest;
        all->rest_size = p - rest;
    }
    return p - rest == all->rest_size && memcmp(rest, all->rest, (size_t)(p - rest)) == 0 ? p : NULL;
}

/* Read the lines up to `end`: 1; 0 for another form than the common one; -1 without memory. */
static int take_lines(const char *p, const char *end, points *all)
{
    int64_t time, step, last_time = INT64_MIN, last_step = INT64_MIN;
    double value;
    for (; p < end; p++) {
        if ((p = take_whole(p, end, &time)) == NULL || *p++ != ' ' ||
            (p = take_value(p, end, &value)) == NULL || *p++ != ' ' ||
            (p = take_whole(p, end, &step)) == NULL ||
            ((*p != '\n' || all->rest_size > 0) && (p = take_rest(p, end, all)) == NULL))
            return 0;
        if (all->count == all->room && !grow(all, (end - p) / USUAL_LINE + 16))
            return -1;
        if (0 <= time && time < SECONDS_BELOW)
            time *= 1000;
        all->ordered &= step > last_step || (step == last_step && time > last_time);
        all->has_nan |= value != value;
        all->times[all->count] = last_time = time;
        all->steps[all->count] = last_step = step;
        all->values[all->count++] = value;
    }
    return 1;
}

typedef struct {
    int64_t step, time;
    double value;
    Py_ssize_t line;
} row;

static int compare(const void *left, const void *right)
{
    const row *a = left, *b = right;
    if (a->step != b->step)
        return a->step < b->step ? -1 : 1;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->value != b->value)
        return a->value < b->value ? -1 : 1;
    return a->line < b->line ? -1 : 1;
}

/* Sort points without nan by step, time and value; of repeats the first line stays. 1 or -1. */
static int sort(points *all)
{
    row *rows = PyMem_Malloc((size_t)all->count * sizeof(row));
    if (rows == NULL)
        return -1;
    for (Py_ssize_t i = 0; i < all->count; i++)
        rows[i] = (row){all->steps[i], all->times[i], all->values[i], i};
    qsort(rows, (size_t)all->count, sizeof(row), compare);
    Py_ssize_t kept = 0;
    for (Py_ssize_t i = 0; i < all->count; i++) {
        if (i > 0 && rows[i].step == rows[i - 1].step && rows[i].time == rows[i - 1].time &&
            rows[i].value == rows[i - 1].value)
            continue;
        all->steps[kept] = rows[i].step;
        all->times[kept] = rows[i].time;
        all->values[kept++] = rows[i].value;
    }
    PyMem_Free(rows);
    all->count = kept;
    all->ordered = 1;
    return 1;
}

static PyObject *packed(const points *all)
{
    Py_ssize_t size = all->count * 8;
    return Py_BuildValue("(y#y#y#Oy#)", (const char *)all->times, size, (const char *)all->values,
                         size, (const char *)all->steps, size, all->ordered ? Py_True : Py_False,
                         all->rest, all->rest_size);
}

PyDoc_STRVAR(columns_doc,
"columns(body: bytes) -> tuple[bytes, bytes, bytes, bool, bytes] | None\n\n"
"Timestamps (int64, in ms), values (float64) and steps (int64) of a metric file, and whether they\n"
"are in order and without repeats: as always, but for a file with nan that is not so itself.\n"
"The last is what stands behind the step, the same in each line, such as a dataset.\n"
"None for a body that is not of the common form: `timestamp value step` in each line.");

static PyObject *columns(PyObject *Py_UNUSED(module), PyObject *body)
{
    char *start;
    Py_ssize_t size;
    PyObject *result = NULL;
    points all = {.ordered = 1, .rest = ""};
    int done = 0;
    if (PyBytes_AsStringAndSize(body, &start, &size) < 0)
        return NULL;
    if (size > 0 && start[size - 1] == '\n')
        done = take_lines(start, start + size, &all);
    if (done > 0 && !all.ordered && !all.has_nan)
        done = sort(&all);
    if (done > 0)
        result = packed(&all);
    else
        result = done < 0 ? PyErr_NoMemory() : Py_NewRef(Py_None);
    PyMem_Free(all.times);
    PyMem_Free(all.steps);
    PyMem_Free(all.values);
    return result;
}

static PyObject *mark(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    Py_buffer steps, times;
    uint64_t sum = 0;
    if (!PyArg_ParseTuple(arguments, "y*y*", &steps, &times))
        return NULL;
    for (Py_ssize_t i = 0; i * 8 < steps.len && i * 8 < times.len; i++) {
        uint64_t step, time;
        memcpy(&step, (const char *)steps.buf + i * 8, 8);
        memcpy(&time, (const char *)times.buf + i * 8, 8);
        sum += (uint64_t)(i + 1) * (time + STEP_WEIGHT * step);
    }
    PyBuffer_Release(&steps);
    PyBuffer_Release(&times);
    return PyLong_FromUnsignedLongLong(sum);
}

/* ---- the module ----------------------------------------------------------------------------- */

PyDoc_STRVAR(corners_doc,
"corners(xs: Buffer, values: Buffer, columns: int) -> tuple[bytes, float, float, int]\n\n"
"As thin, but the indices as packed int64; and the least, the greatest and the count of the finite\n"
"ones of the kept values.");

PyDoc_STRVAR(course_doc,
"course(values: Buffer) -> tuple[int, int, str]\n\n"
"Of packed doubles: the place of the first least and of the first greatest finite value, -1 where\n"
"none is finite, and their trace.");

PyDoc_STRVAR(digits_doc,
"digits(values: Buffer) -> tuple[str, int, int, int, int] | None\n\n"
"As reportgen.charts.digits.digits_slowly, of packed doubles.");

PyDoc_STRVAR(grid_path_doc,
"grid_path(trace: str, loss: float) -> str | None\n\n"
"As reportgen.charts.sparkline.trace_path; None for a text that is no trace.");

PyDoc_STRVAR(mark_doc,
"mark(steps: Buffer, timestamps: Buffer) -> int\n\n"
"As reportgen.readers.metricfile.mark_of, of packed int64.");

PyDoc_STRVAR(read_doc,
"read(folder: str, names: list[str], limit: int, horizon: int) -> tuple[list[bytes], bytes] | None\n\n"
"The bytes of small regular files below a folder, and the stamp (int64) of each; None where one is\n"
"something else. What is said of `horizon`: reportgen.readers.stamps.stamp_of.");

PyDoc_STRVAR(stamps_doc,
"stamps(folder: str, names: tuple[str, ...]) -> bytes | None\n\n"
"The present stamps (int64) of files below a folder; None where one cannot be told.");

PyDoc_STRVAR(listing_doc,
"listing(path: str, horizon: int) -> tuple[int, list[str], list[str]] | None\n\n"
"The stamp of a folder and the names in it, sorted, then those of folders once more; None where\n"
"there is more than regular files and folders, or a name beyond ASCII.");

PyDoc_STRVAR(knots_doc,
"knots(times: Buffer, tolerance: float) -> list[int]\n\n"
"As reportgen.knots.knots, of packed times (int64).");

PyDoc_STRVAR(thin_doc,
"thin(xs: Buffer, values: Buffer, columns: int) -> list[int]\n\n"
"As reportgen.thin.thin, of packed steps (int64) and values (float64).");

PyDoc_STRVAR(stroke_doc,
"stroke(xs, values, kept, x_low, x_scale, x_start, y_high, y_scale, y_top, is_log)\n"
"    -> tuple[str, int, int, int] | None\n\n"
"The path through the kept points of a series (packed indices), its last x and y, and how far it\n"
"goes up and down. None where a point lies beyond any frame.");

static PyMethodDef METHODS[] = {
    {"columns", columns, METH_O, columns_doc},
    {"corners", reportgen_corners, METH_VARARGS, corners_doc},
    {"course", reportgen_course, METH_O, course_doc},
    {"digits", reportgen_digits, METH_O, digits_doc},
    {"grid_path", reportgen_grid_path, METH_VARARGS, grid_path_doc},
    {"listing", reportgen_listing, METH_VARARGS, listing_doc},
    {"mark", mark, METH_VARARGS, mark_doc},
    {"read", reportgen_read, METH_VARARGS, read_doc},
    {"stamps", reportgen_stamps, METH_VARARGS, stamps_doc},
    {"knots", reportgen_knots, METH_VARARGS, knots_doc},
    {"thin", reportgen_thin, METH_VARARGS, thin_doc},
    {"stroke", reportgen_stroke, METH_VARARGS, stroke_doc},
    {NULL, NULL, 0, NULL},
};

static int tell_form(PyObject *module)
{
    return PyModule_AddIntConstant(module, "FORM", 3); /* as in native.py, which tells of it */
}

static PyModuleDef_Slot SLOTS[] = {{Py_mod_exec, tell_form}, {0, NULL}};

static struct PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "_points", "Metric files parsed, series made short, fast; optional.", 0,
    METHODS, SLOTS, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__points(void)
{
    return PyModuleDef_Init(&MODULE);
}
