/* Preloaded into a program: every wait for the disk takes longer by JOBBOY_DISK_WAIT_US microseconds, asleep, as a disk
   that is slower would make it. The wait itself is done too. */

#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void wait_longer(void) {
    const char *given = getenv("JOBBOY_DISK_WAIT_US");
    long wait = given ? atol(given) : 0;
    struct timespec left = {wait / 1000000, wait % 1000000 * 1000};
    int before = errno;
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR) continue;
    errno = before;
}

int fsync(int fd) {
    int result = syscall(SYS_fsync, fd);
    wait_longer();
    return result;
}

int fdatasync(int fd) {
    int result = syscall(SYS_fdatasync, fd);
    wait_longer();
    return result;
}
