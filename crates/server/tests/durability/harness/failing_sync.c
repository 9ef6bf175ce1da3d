/*
 * Makes fsync and fdatasync fail with EIO for files below a directory, while a file says so.
 *
 * FAILING_SYNCS names that file; what stands in it is the beginning of the paths whose syncs fail.
 * Built by the tests with `cc -shared -fPIC` and loaded with LD_PRELOAD.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int refused(int file) {
    const char *said = getenv("FAILING_SYNCS");
    char below[4096], link[64], path[4096];
    int list = said ? open(said, O_RDONLY | O_CLOEXEC) : -1;
    if (list < 0)
        return 0;
    ssize_t length = read(list, below, sizeof below - 1);
    close(list);
    if (length <= 0)
        return 0;
    below[length] = 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t end = readlink(link, path, sizeof path - 1);
    if (end <= 0)
        return 0;
    path[end] = 0;
    return strncmp(path, below, strlen(below)) == 0;
}

static int outcome(int file, long call) {
    if (refused(file)) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(call, file);
}

int fsync(int file) { return outcome(file, SYS_fsync); }

int fdatasync(int file) { return outcome(file, SYS_fdatasync); }
