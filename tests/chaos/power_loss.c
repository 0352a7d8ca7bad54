/*
 * Writes down, in their order, the calls by which programs change the files of one folder and ask for them to be
 * made durable; preloaded into these programs (LD_PRELOAD). What a disk would hold after a loss of power at any moment
 * follows from that order: see power_disk.py.
 *
 *   JOBBOY_POWER_FOLDER  the folder, as /proc shows it
 *   JOBBOY_POWER_LOG     file that the calls are appended to, outside the folder
 *   JOBBOY_POWER_ACKS    file outside the folder: what is written to it was acknowledged, and is put into the log
 *
 * 64-bit Linux. Every call is passed on to the kernel. It and its record are one under a lock on the log, which
 * whoever kills the programs holds too: so no program has gone on from a call that the log does not have. A file is
 * recognised by what its descriptor names in /proc, so copies of descriptors need no following.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum call { CREATE = 1, WRITE, TRUNCATE, SYNC_BEGINS, SYNC_ENDS, UNLINK, RENAME, ACKNOWLEDGE, UNKNOWN };
enum place { ELSEWHERE, INSIDE, FOLDER_ITSELF, ACKNOWLEDGED };

struct record {
    uint32_t call;
    uint32_t name_length;
    uint64_t thread;
    uint64_t inode;
    uint64_t offset; /* or the new size */
    uint64_t length; /* of what follows the name */
};

static const char *folder, *log_path, *acks_path;
static int log_fd = -1;
static pid_t owner;
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
    folder = getenv("JOBBOY_POWER_FOLDER");
    log_path = getenv("JOBBOY_POWER_LOG");
    acks_path = getenv("JOBBOY_POWER_ACKS");
    if (!folder || !log_path || !acks_path) folder = NULL;
}

/* A forked child has a copy of the guard, in any state, and shares the descriptor that carries the lock. */
static void in_child(void) {
    pthread_mutex_init(&guard, NULL);
    if (log_fd >= 0) syscall(SYS_close, log_fd);
    log_fd = -1;
}

static void lock(void) {
    pthread_mutex_lock(&guard);
    if (log_fd < 0) {
        if (!owner) pthread_atfork(NULL, NULL, in_child);
        owner = getpid();
        log_fd = syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_APPEND | O_CLOEXEC, 0);
        if (log_fd < 0) abort();
    }
    while (flock(log_fd, LOCK_EX))
        if (errno != EINTR) abort();
}

static void unlock(void) {
    flock(log_fd, LOCK_UN);
    pthread_mutex_unlock(&guard);
}

static void note(enum call call, uint64_t inode, uint64_t offset, const char *name, const void *data, size_t length) {
    size_t name_length = name ? strlen(name) : 0;
    struct record record = {call, name_length, syscall(SYS_gettid), inode, offset, length};
    struct iovec parts[] = {{&record, sizeof record}, {(void *)name, name_length}, {(void *)data, length}};
    if (syscall(SYS_writev, log_fd, parts, 3) != (long)(sizeof record + name_length + length)) abort();
}

static int is_inside(const char *path) {
    size_t length = strlen(folder);
    return !strncmp(path, folder, length) && path[length] == '/';
}

static const char *last_part(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static enum place place_of(int fd, struct stat *found) {
    char link[64], path[4096];
    if (!folder || fstat(fd, found) || !(S_ISREG(found->st_mode) || S_ISDIR(found->st_mode))) return ELSEWHERE;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return ELSEWHERE;
    path[length] = 0;
    if (S_ISDIR(found->st_mode)) return strcmp(path, folder) ? ELSEWHERE : FOLDER_ITSELF;
    if (!strcmp(path, acks_path)) return ACKNOWLEDGED;
    return is_inside(path) ? INSIDE : ELSEWHERE;
}

/* The name in the folder that a path means, NULL for anything else. */
static const char *name_in_folder(int at, const char *path) {
    char whole[4096];
    if (!folder || (path[0] != '/' && at != AT_FDCWD)) return NULL;
    if (path[0] == '/') return is_inside(path) ? last_part(path) : NULL;
    if (!getcwd(whole, sizeof whole)) return NULL;
    if (!strcmp(whole, folder)) return last_part(path);
    return NULL;
}

static void unknown(const char *call) {
    lock();
    note(UNKNOWN, 0, 0, call, NULL, 0);
    unlock();
}

/* --- names --- */

static int opened(int at, const char *path, int flags, mode_t mode) {
    const char *name = (flags & (O_CREAT | O_TRUNC)) ? name_in_folder(at, path) : NULL;
    struct stat found;
    if (!name) return syscall(SYS_openat, at, path, flags, mode);
    lock();
    int was_there = !fstatat(at, path, &found, 0);
    int fd = syscall(SYS_openat, at, path, flags, mode), error = errno;
    if (fd >= 0 && !fstat(fd, &found)) {
        if (!was_there) note(CREATE, found.st_ino, 0, name, NULL, 0);
        else if (flags & O_TRUNC) note(TRUNCATE, found.st_ino, 0, NULL, NULL, 0);
    }
    unlock();
    errno = error;
    return fd;
}

static mode_t mode_of(int flags, va_list more) {
    return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(more, mode_t) : 0;
}

#define OPEN(NAME)                                        \
    int NAME(const char *path, int flags, ...) {          \
        va_list more;                                     \
        va_start(more, flags);                            \
        mode_t mode = mode_of(flags, more);               \
        va_end(more);                                     \
        return opened(AT_FDCWD, path, flags, mode);       \
    }
#define OPENAT(NAME)                                      \
    int NAME(int at, const char *path, int flags, ...) {  \
        va_list more;                                     \
        va_start(more, flags);                            \
        mode_t mode = mode_of(flags, more);               \
        va_end(more);                                     \
        return opened(at, path, flags, mode);             \
    }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

int unlinkat(int at, const char *path, int flags) {
    const char *name = name_in_folder(at, path);
    if (!name) return syscall(SYS_unlinkat, at, path, flags);
    lock();
    int result = syscall(SYS_unlinkat, at, path, flags), error = errno;
    if (!result) note(UNLINK, 0, 0, name, NULL, 0);
    unlock();
    errno = error;
    return result;
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }

int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags) {
    const char *old = name_in_folder(from_at, from), *new = name_in_folder(to_at, to);
    if (!old && !new) return syscall(SYS_renameat2, from_at, from, to_at, to, flags);
    lock();
    int result = syscall(SYS_renameat2, from_at, from, to_at, to, flags), error = errno;
    if (!result) {
        if (old && new && !flags) note(RENAME, 0, 0, old, new, strlen(new));
        else note(UNKNOWN, 0, 0, "rename into or out of the folder", NULL, 0);
    }
    unlock();
    errno = error;
    return result;
}

int rename(const char *from, const char *to) { return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }
int renameat(int from_at, const char *from, int to_at, const char *to) {
    return renameat2(from_at, from, to_at, to, 0);
}

/* --- contents --- */

static ssize_t written(int fd, const void *data, size_t length, off_t offset, int is_at) {
    struct stat found;
    enum place place = place_of(fd, &found);
    if (place == ELSEWHERE)
        return is_at ? syscall(SYS_pwrite64, fd, data, length, offset) : syscall(SYS_write, fd, data, length);
    lock();
    if (!is_at) {
        fstat(fd, &found);
        offset = fcntl(fd, F_GETFL) & O_APPEND ? found.st_size : lseek(fd, 0, SEEK_CUR);
    }
    ssize_t done = is_at ? syscall(SYS_pwrite64, fd, data, length, offset) : syscall(SYS_write, fd, data, length);
    int error = errno;
    if (done > 0) note(place == INSIDE ? WRITE : ACKNOWLEDGE, found.st_ino, offset, NULL, data, done);
    unlock();
    errno = error;
    return done;
}

ssize_t write(int fd, const void *data, size_t length) { return written(fd, data, length, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return written(fd, data, length, offset, 1); }
ssize_t pwrite64(int fd, const void *data, size_t length, off_t offset) {
    return written(fd, data, length, offset, 1);
}

/* The parts one after the other: whoever asks for one call gets several, which only a reader in between could tell. */
static ssize_t gathered(int fd, const struct iovec *parts, int count, off_t offset, int is_at) {
    struct stat found;
    ssize_t total = 0;
    if (place_of(fd, &found) == ELSEWHERE)
        return is_at ? syscall(SYS_pwritev, fd, parts, count, offset, 0) : syscall(SYS_writev, fd, parts, count);
    for (int part = 0; part < count; part++) {
        ssize_t done = written(fd, parts[part].iov_base, parts[part].iov_len, offset + total, is_at);
        if (done < 0) return total ? total : done;
        total += done;
        if ((size_t)done < parts[part].iov_len) break;
    }
    return total;
}

ssize_t writev(int fd, const struct iovec *parts, int count) { return gathered(fd, parts, count, 0, 0); }
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
    return gathered(fd, parts, count, offset, 1);
}
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t offset) {
    return gathered(fd, parts, count, offset, 1);
}

int ftruncate(int fd, off_t size) {
    struct stat found;
    if (place_of(fd, &found) != INSIDE) return syscall(SYS_ftruncate, fd, size);
    lock();
    int result = syscall(SYS_ftruncate, fd, size), error = errno;
    if (!result) note(TRUNCATE, found.st_ino, size, NULL, NULL, 0);
    unlock();
    errno = error;
    return result;
}
int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }

/* What nothing is to be kept of: the index of the write-ahead log, which is made anew by whoever opens the file first, and
   notes of beginnings, which are believed only until the machine is started again. */
static int is_written_through_memory(int fd) {
    static const char *const names[] = {"-shm", ".ahead"};
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path);
    for (size_t which = 0; which < sizeof names / sizeof *names; which++) {
        size_t tail = strlen(names[which]);
        if (size >= (ssize_t)tail && !memcmp(path + size - tail, names[which], tail)) return 1;
    }
    return 0;
}

int posix_fallocate(int fd, off_t offset, off_t length) {
    struct stat found;
    if (place_of(fd, &found) == INSIDE && !is_written_through_memory(fd)) unknown("posix_fallocate");
    return syscall(SYS_fallocate, fd, 0, offset, length) ? errno : 0;
}
int posix_fallocate64(int fd, off_t offset, off_t length) { return posix_fallocate(fd, offset, length); }

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
    struct stat found;
    int writes = fd >= 0 && (flags & (MAP_SHARED | MAP_SHARED_VALIDATE)) && (protection & PROT_WRITE);
    if (writes && !(flags & MAP_ANONYMOUS) && place_of(fd, &found) == INSIDE && !is_written_through_memory(fd))
        unknown("mmap of a file to write");
    return (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
}
void *mmap64(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
    return mmap(address, length, protection, flags, fd, offset);
}

/* --- durability; sync_file_range promises none, and sync more than is asked for here: neither is followed --- */

static int synced(int fd, long number) {
    struct stat found;
    enum place place = place_of(fd, &found);
    if (place != INSIDE && place != FOLDER_ITSELF) return syscall(number, fd);
    uint64_t inode = place == INSIDE ? found.st_ino : 0;
    lock();
    note(SYNC_BEGINS, inode, 0, NULL, NULL, 0);
    unlock();
    int result = syscall(number, fd), error = errno;
    if (!result) {
        lock();
        note(SYNC_ENDS, inode, 0, NULL, NULL, 0);
        unlock();
    }
    errno = error;
    return result;
}

int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }
