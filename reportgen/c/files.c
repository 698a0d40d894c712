/* Small files and folders of a store, looked at and read with as few questions to the system as can
   be: the same results as `readers/regular.py` and `readers/files.py`.

   Only what is ordinary is answered here. For all else (links, pipes, what is gone, what is large)
   each function gives None, and Python looks again, to follow a link or to say why not. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#if defined(__linux__) || defined(__APPLE__)

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_FLAGS (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)
#define MOST_BYTES (1 << 20) /* of a file */
#define MOST_SECONDS 9000000000 /* of a time: as nanoseconds it fits 64 bits */

#if defined(__APPLE__)
#define MODIFIED st_mtimespec
#define CHANGED st_ctimespec
#else
#define MODIFIED st_mtim
#define CHANGED st_ctim
#endif

static int64_t nanoseconds(struct timespec time)
{
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* A stamp as `stamp_of` and `_stamp` in stamps.py make it; -1, perhaps with an exception, where it
   is not told: no hash of Python's is -1. */
static Py_hash_t stamp_of(const struct stat *status, int64_t horizon)
{
    int64_t seconds = status->MODIFIED.tv_sec, other = status->CHANGED.tv_sec;
    if (seconds < -MOST_SECONDS || seconds > MOST_SECONDS || other < -MOST_SECONDS ||
        other > MOST_SECONDS)
        return -1;
    int64_t modified = nanoseconds(status->MODIFIED), changed = nanoseconds(status->CHANGED);
    if (modified >= horizon || changed >= horizon)
        return 0;
    PyObject *told = Py_BuildValue("LLLK", (long long)modified, (long long)changed,
                                   (long long)status->st_size, (unsigned long long)status->st_ino);
    if (told == NULL)
        return -1;
    Py_hash_t stamp = PyObject_Hash(told);
    Py_DECREF(told);
    return stamp;
}

/* Open a folder, and let go of its path. A disk beyond a network must not stop a server in this
   process: here and below, nothing is asked of the system while others wait. */
static int open_folder(PyObject *path)
{
    const char *start = PyBytes_AsString(path);
    int folder;
    Py_BEGIN_ALLOW_THREADS
    folder = open(start, FOLDER_FLAGS);
    Py_END_ALLOW_THREADS
    Py_DECREF(path);
    return folder;
}

/* The bytes of a regular file below an open folder, and its stamp; NULL, perhaps with an exception,
   where it is none, is too large, or is no longer as long as it was. */
static PyObject *read_one(int folder, PyObject *name, long long limit, int64_t horizon,
                          int64_t *stamp)
{
    PyObject *path = NULL, *body = NULL;
    struct stat status;
    ssize_t size = -1;
    if (!PyUnicode_FSConverter(name, &path))
        return NULL;
    const char *start = PyBytes_AsString(path);
    int file, failed;
    Py_BEGIN_ALLOW_THREADS
    file = openat(folder, start, FILE_FLAGS);
    failed = file < 0 || fstat(file, &status) < 0;
    Py_END_ALLOW_THREADS
    Py_DECREF(path);
    if (!failed && S_ISREG(status.st_mode) && status.st_size <= limit &&
        status.st_size <= MOST_BYTES)
        body = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)status.st_size);
    char *room = body == NULL ? NULL : PyBytes_AsString(body);
    Py_BEGIN_ALLOW_THREADS
    if (room != NULL)
        size = read(file, room, (size_t)status.st_size);
    if (file >= 0)
        close(file);
    Py_END_ALLOW_THREADS
    if (body != NULL && (size != status.st_size || (*stamp = stamp_of(&status, horizon)) == -1))
        Py_CLEAR(body);
    return body;
}

PyObject *reportgen_read(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    PyObject *path = NULL, *names, *bodies = NULL, *stamps = NULL, *result = NULL;
    long long limit, horizon;
    if (!PyArg_ParseTuple(arguments, "O&OLL", PyUnicode_FSConverter, &path, &names, &limit,
                          &horizon))
        return NULL;
    int folder = open_folder(path);
    Py_ssize_t count = PyList_Size(names);
    if (folder >= 0 && count >= 0 && (bodies = PyList_New(count)) != NULL)
        stamps = PyBytes_FromStringAndSize(NULL, count * (Py_ssize_t)sizeof(int64_t));
    for (Py_ssize_t i = 0; i < count && stamps != NULL; i++) {
        int64_t *stamp = (int64_t *)PyBytes_AsString(stamps) + i;
        PyObject *body = read_one(folder, PyList_GetItem(names, i), limit, horizon, stamp);
        if (body == NULL || PyList_SetItem(bodies, i, body) < 0)
            Py_CLEAR(stamps);
    }
    if (folder >= 0)
        close(folder);
    if (stamps != NULL)
        result = Py_BuildValue("OO", bodies, stamps);
    Py_XDECREF(bodies);
    Py_XDECREF(stamps);
    return result == NULL && !PyErr_Occurred() ? Py_NewRef(Py_None) : result;
}

/* The present stamp of a file below an open folder, links followed; -1 where it is not told. */
static Py_hash_t stamp_now(int folder, PyObject *name)
{
    PyObject *path = NULL;
    struct stat status;
    if (!PyUnicode_FSConverter(name, &path))
        return -1;
    const char *start = PyBytes_AsString(path);
    int failed;
    Py_BEGIN_ALLOW_THREADS
    failed = fstatat(folder, start, &status, 0);
    Py_END_ALLOW_THREADS
    Py_DECREF(path);
    return failed ? -1 : stamp_of(&status, INT64_MAX);
}

PyObject *reportgen_stamps(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    PyObject *path = NULL, *names, *stamps = NULL;
    if (!PyArg_ParseTuple(arguments, "O&O", PyUnicode_FSConverter, &path, &names))
        return NULL;
    int folder = open_folder(path);
    Py_ssize_t count = PyTuple_Size(names);
    if (folder >= 0 && count >= 0)
        stamps = PyBytes_FromStringAndSize(NULL, count * (Py_ssize_t)sizeof(int64_t));
    for (Py_ssize_t i = 0; i < count && stamps != NULL; i++) {
        int64_t stamp = stamp_now(folder, PyTuple_GetItem(names, i));
        memcpy(PyBytes_AsString(stamps) + i * (Py_ssize_t)sizeof(stamp), &stamp, sizeof(stamp));
        if (stamp == -1)
            Py_CLEAR(stamps);
    }
    if (folder >= 0)
        close(folder);
    return stamps == NULL && !PyErr_Occurred() ? Py_NewRef(Py_None) : stamps;
}

static int is_ascii(const char *name)
{
    for (; *name != '\0'; name++)
        if (*name & 0x80)
            return 0;
    return 1;
}

/* What comes next in a folder; NULL, with errno 0, at its end. */
static struct dirent *next_of(DIR *folder)
{
    struct dirent *entry;
    Py_BEGIN_ALLOW_THREADS
    errno = 0;
    entry = readdir(folder);
    Py_END_ALLOW_THREADS
    return entry;
}

/* Append the names in a folder, those of folders to both lists; whether all were ordinary. */
static int take_names(DIR *folder, PyObject *names, PyObject *folders)
{
    struct dirent *entry;
    while ((entry = next_of(folder)) != NULL) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            continue;
        int is_folder = entry->d_type == DT_DIR;
        if (!(is_folder || entry->d_type == DT_REG) || !is_ascii(name))
            return 0;
        PyObject *text = PyUnicode_FromString(name);
        int failed = text == NULL || PyList_Append(names, text) < 0 ||
                     (is_folder && PyList_Append(folders, text) < 0);
        Py_XDECREF(text);
        if (failed)
            return 0;
    }
    return errno == 0;
}

PyObject *reportgen_listing(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    PyObject *path = NULL, *result = NULL;
    long long horizon;
    struct stat status;
    if (!PyArg_ParseTuple(arguments, "O&L", PyUnicode_FSConverter, &path, &horizon))
        return NULL;
    int opened = open_folder(path);
    DIR *folder = opened < 0 ? NULL : fdopendir(opened);
    if (opened >= 0 && folder == NULL)
        close(opened);
    Py_hash_t stamp = -1; /* from before the listing: what comes meanwhile is seen next time */
    if (folder != NULL && fstat(dirfd(folder), &status) == 0)
        stamp = stamp_of(&status, horizon);
    PyObject *names = PyList_New(0), *folders = PyList_New(0);
    if (stamp != -1 && names != NULL && folders != NULL && take_names(folder, names, folders) &&
        PyList_Sort(names) == 0)
        result = Py_BuildValue("nOO", (Py_ssize_t)stamp, names, folders);
    Py_XDECREF(names);
    Py_XDECREF(folders);
    if (folder != NULL)
        closedir(folder);
    return result == NULL && !PyErr_Occurred() ? Py_NewRef(Py_None) : result;
}

#else /* nothing is ordinary there */

PyObject *reportgen_read(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(arguments))
{
    Py_RETURN_NONE;
}

PyObject *reportgen_stamps(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(arguments))
{
    Py_RETURN_NONE;
}

PyObject *reportgen_listing(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(arguments))
{
    Py_RETURN_NONE;
}

#endif
