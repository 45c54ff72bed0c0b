/* Stands between a program and its disk: writes down what reaches the files below one folder, and fails where told.

   Loaded with LD_PRELOAD. ZHIZHU_DISK_FOLDER is the folder watched, ZHIZHU_DISK_RECORD the file every call is appended
   to, one record a call, ZHIZHU_DISK_FAULT (may be missing) a file read anew at every call (struct fault): which calls
   fail (a sum of WRITES, SYNCS, NAMES, TRUNCATES, FOLDER_SYNCS; with HALF a write fails after half of its bytes), with
   which errno, how many of them go well before, how many then fail, and a piece of path: only files that have it in
   theirs fail. SYNCS are those of files and folders, FOLDER_SYNCS of folders alone. Records of all processes and threads
   come in the order in which the calls took effect: the lock around call and record is one for all of them (flock on the
   record). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

enum { WRITES = 1, SYNCS = 2, NAMES = 4, TRUNCATES = 8, HALF = 16, FOLDER_SYNCS = 32 };

struct fault {
    uint32_t kinds, number, skip, times; /* skip and times are counted down by the calls of all processes */
    char only[112];                      /* empty: every file */
};

/* One record: this head, `name_bytes` of a path, `other_bytes` of a second path, `data_bytes` of data. */
struct head {
    char what;            /* o(pened new) w(rite) t(runcate) s(ync) S(ync that failed) d(irectory sync) D(irectory sync that
                             failed) r(ename) l(ink) u(nlink) m(kdir) */
    char reserved[7];
    uint64_t file;        /* inode */
    uint64_t offset;      /* of a write; the new size of a truncate */
    uint32_t name_bytes, other_bytes, data_bytes, process;
};

static char folder[PATH_MAX];
static size_t folder_length;
static int record = -1;
static volatile struct fault *fault;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void open_record(void) {
    const char *to = getenv("ZHIZHU_DISK_RECORD");
    record = (int)syscall(SYS_openat, AT_FDCWD, to, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    /* a number that no program expects to get, so that it is not closed by one that closes all it does not know */
    int high = fcntl(record, F_DUPFD_CLOEXEC, 900);
    if (high >= 0) {
        syscall(SYS_close, record);
        record = high;
    }
}

/* A lock of the parent's would be the child's too: each process opens the record for itself. */
static void born(void) {
    pthread_mutex_init(&mutex, NULL);
    if (record >= 0) {
        syscall(SYS_close, record);
        open_record();
    }
}

__attribute__((constructor)) static void ready(void) {
    const char *watched = getenv("ZHIZHU_DISK_FOLDER"), *to = getenv("ZHIZHU_DISK_RECORD"), *fails = getenv("ZHIZHU_DISK_FAULT");
    if (!watched || !to)
        return;
    snprintf(folder, sizeof folder, "%s/", watched);
    folder_length = strlen(folder);
    open_record();
    pthread_atfork(NULL, NULL, born);
    if (fails) {
        int handle = (int)syscall(SYS_openat, AT_FDCWD, fails, O_RDWR | O_CLOEXEC, 0);
        if (handle >= 0) {
            void *page = mmap(NULL, sizeof(struct fault), PROT_READ | PROT_WRITE, MAP_SHARED, handle, 0);
            if (page != MAP_FAILED)
                fault = page;
            syscall(SYS_close, handle);
        }
    }
}

/* Under the lock: whether this call fails. */
static int fails(uint32_t kind, const char *path) {
    if (!fault || !(fault->kinds & kind) || !strstr(path, (const char *)fault->only))
        return 0;
    if (fault->skip) {
        fault->skip--;
        return 0;
    }
    if (!fault->times)
        return 0;
    fault->times--;
    errno = (int)fault->number;
    return 1;
}

static void begin(void) {
    pthread_mutex_lock(&mutex);
    if (record >= 0)
        while (flock(record, LOCK_EX) < 0 && errno == EINTR)
            ;
}

static void end(void) {
    int kept = errno;
    if (record >= 0)
        flock(record, LOCK_UN);
    pthread_mutex_unlock(&mutex);
    errno = kept;
}

static int absolute(int at, const char *path, char *into) {
    if (path[0] == '/')
        return snprintf(into, PATH_MAX, "%s", path) < PATH_MAX;
    char base[PATH_MAX], link[64];
    if (at == AT_FDCWD) {
        if (!getcwd(base, sizeof base))
            return 0;
    } else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", at);
        ssize_t length = readlink(link, base, sizeof base - 1);
        if (length < 0)
            return 0;
        base[length] = 0;
    }
    return snprintf(into, PATH_MAX, "%s/%s", base, path) < PATH_MAX;
}

static int watched(const char *path) {
    return record >= 0 && strncmp(path, folder, folder_length) == 0;
}

static int watched_handle(int handle, uint64_t *file, int *is_folder, char *path) {
    char link[64];
    struct stat about;
    if (record < 0 || handle == record)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    ssize_t length = readlink(link, path, PATH_MAX - 2);
    if (length < 0)
        return 0;
    path[length] = 0;
    strcat(path, "/"); /* the folder itself is watched too */
    if (strncmp(path, folder, folder_length) != 0 || fstat(handle, &about) < 0)
        return 0;
    *file = about.st_ino;
    *is_folder = S_ISDIR(about.st_mode);
    return S_ISDIR(about.st_mode) || S_ISREG(about.st_mode);
}

static void note(char what, uint64_t file, uint64_t offset, const char *name, const char *other, const struct iovec *data, int pieces, size_t bytes) {
    int kept = errno;
    struct head head = {.what = what, .file = file, .offset = offset, .process = (uint32_t)getpid()};
    head.name_bytes = name ? (uint32_t)strlen(name) : 0;
    head.other_bytes = other ? (uint32_t)strlen(other) : 0;
    head.data_bytes = (uint32_t)bytes;
    struct iovec all[3 + 64] = {{&head, sizeof head}, {(void *)name, head.name_bytes}, {(void *)other, head.other_bytes}};
    int count = 3;
    for (int each = 0; each < pieces && each < 64 && bytes; each++) {
        size_t taken = data[each].iov_len < bytes ? data[each].iov_len : bytes;
        all[count].iov_base = data[each].iov_base;
        all[count++].iov_len = taken;
        bytes -= taken;
    }
    syscall(SYS_writev, record, all, count);
    errno = kept;
}

static const char *below(const char *path) { return path + folder_length; }

static uint64_t inode_of(const char *path) {
    struct stat about;
    return lstat(path, &about) == 0 ? about.st_ino : 0;
}

static int opened(int at, const char *path, int flags, mode_t mode) {
    char full[PATH_MAX];
    begin();
    int wanted = (flags & (O_CREAT | O_TRUNC)) && absolute(at, path, full) && watched(full);
    uint64_t before = wanted ? inode_of(full) : 0;
    if (wanted && !before && fails(NAMES, full)) {
        end();
        return -1;
    }
    int handle = (int)syscall(SYS_openat, at, path, flags, mode);
    if (wanted && handle >= 0) {
        uint64_t file = inode_of(full);
        if (!before)
            note('o', file, 0, below(full), NULL, NULL, 0, 0);
        else if (flags & O_TRUNC)
            note('t', file, 0, NULL, NULL, NULL, 0, 0);
    }
    end();
    return handle;
}

#define OPEN(name)                                                                                                      \
    int name(const char *path, int flags, ...) {                                                                       \
        va_list more;                                                                                                  \
        va_start(more, flags);                                                                                         \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;                                        \
        va_end(more);                                                                                                  \
        return opened(AT_FDCWD, path, flags, mode);                                                                    \
    }
#define OPENAT(name)                                                                                                    \
    int name(int at, const char *path, int flags, ...) {                                                               \
        va_list more;                                                                                                  \
        va_start(more, flags);                                                                                         \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;                                        \
        va_end(more);                                                                                                  \
        return opened(at, path, flags, mode);                                                                          \
    }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
int creat(const char *path, mode_t mode) { return opened(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

static ssize_t written(int handle, const struct iovec *data, int pieces, off_t offset, int placed) {
    char path[PATH_MAX];
    uint64_t file = 0;
    int is_folder = 0;
    struct iovec half;
    begin();
    int wanted = watched_handle(handle, &file, &is_folder, path);
    if (wanted && fails(WRITES, path)) {
        if (fault->kinds & HALF && pieces == 1 && data->iov_len > 1) {
            half = (struct iovec){data->iov_base, data->iov_len / 2};
            data = &half; /* the caller is told of half, asks for the rest and then hears the error */
            fault->times++;
            fault->kinds &= ~(uint32_t)HALF;
        } else {
            end();
            return -1;
        }
    }
    off_t where = offset;
    if (wanted && !placed)
        where = fcntl(handle, F_GETFL) & O_APPEND ? lseek(handle, 0, SEEK_END) : lseek(handle, 0, SEEK_CUR);
    ssize_t done = placed ? syscall(SYS_pwritev, handle, data, pieces, (long)offset, 0L) : syscall(SYS_writev, handle, data, pieces);
    if (wanted && done > 0)
        note('w', file, (uint64_t)where, NULL, NULL, data, pieces, (size_t)done);
    end();
    return done;
}

/* What is no file of ours must not wait for the lock: a pipe may block for as long as it likes. */
static int ours(int handle) {
    char path[PATH_MAX];
    uint64_t file;
    int is_folder;
    return watched_handle(handle, &file, &is_folder, path);
}

ssize_t write(int handle, const void *data, size_t bytes) {
    struct iovec one = {(void *)data, bytes};
    return ours(handle) ? written(handle, &one, 1, 0, 0) : syscall(SYS_write, handle, data, bytes);
}
ssize_t pwrite(int handle, const void *data, size_t bytes, off_t offset) {
    struct iovec one = {(void *)data, bytes};
    return ours(handle) ? written(handle, &one, 1, offset, 1) : syscall(SYS_pwrite64, handle, data, bytes, offset);
}
ssize_t pwrite64(int handle, const void *data, size_t bytes, off64_t offset) { return pwrite(handle, data, bytes, offset); }
ssize_t writev(int handle, const struct iovec *data, int pieces) {
    return ours(handle) ? written(handle, data, pieces, 0, 0) : syscall(SYS_writev, handle, data, pieces);
}
ssize_t pwritev(int handle, const struct iovec *data, int pieces, off_t offset) {
    return ours(handle) ? written(handle, data, pieces, offset, 1) : syscall(SYS_pwritev, handle, data, pieces, (long)offset, 0L);
}
ssize_t pwritev64(int handle, const struct iovec *data, int pieces, off64_t offset) { return pwritev(handle, data, pieces, offset); }

static int synced(int handle, long call) {
    char path[PATH_MAX];
    uint64_t file = 0;
    int is_folder = 0;
    if (!ours(handle))
        return (int)syscall(call, handle);
    begin();
    int wanted = watched_handle(handle, &file, &is_folder, path);
    if (wanted && fails(is_folder ? SYNCS | FOLDER_SYNCS : SYNCS, path)) {
        note(is_folder ? 'D' : 'S', file, 0, is_folder ? below(path) : NULL, NULL, NULL, 0, 0);
        end();
        return -1;
    }
    int done = (int)syscall(call, handle);
    if (wanted && done == 0)
        note(is_folder ? 'd' : 's', file, 0, is_folder ? below(path) : NULL, NULL, NULL, 0, 0);
    end();
    return done;
}
int fsync(int handle) { return synced(handle, SYS_fsync); }
int fdatasync(int handle) { return synced(handle, SYS_fdatasync); }

int ftruncate(int handle, off_t size) {
    char path[PATH_MAX];
    uint64_t file = 0;
    int is_folder = 0;
    begin();
    int wanted = watched_handle(handle, &file, &is_folder, path);
    if (wanted && fails(TRUNCATES, path)) {
        end();
        return -1;
    }
    int done = (int)syscall(SYS_ftruncate, handle, size);
    if (wanted && done == 0)
        note('t', file, (uint64_t)size, NULL, NULL, NULL, 0, 0);
    end();
    return done;
}
int ftruncate64(int handle, off64_t size) { return ftruncate(handle, size); }

static int named(char what, int from_at, const char *from, int to_at, const char *to, int (*call)(int, const char *, int, const char *, int), int flags) {
    char one[PATH_MAX], two[PATH_MAX];
    begin();
    int wanted = absolute(from_at, from, one) && watched(one);
    int both = to && absolute(to_at, to, two) && watched(two);
    if ((wanted || both) && fails(NAMES, wanted ? one : two)) {
        end();
        return -1;
    }
    int done = call(from_at, from, to_at, to, flags);
    if (done == 0 && (wanted || both))
        note(what, 0, 0, wanted ? below(one) : "", both ? below(two) : NULL, NULL, 0, 0);
    end();
    return done;
}
static int do_rename(int a, const char *from, int b, const char *to, int flags) { return (int)syscall(SYS_renameat2, a, from, b, to, flags); }
static int do_link(int a, const char *from, int b, const char *to, int flags) { return (int)syscall(SYS_linkat, a, from, b, to, flags); }
static int do_unlink(int a, const char *from, int b, const char *to, int flags) {
    (void)b, (void)to;
    return (int)syscall(SYS_unlinkat, a, from, flags);
}
static int do_mkdir(int a, const char *from, int b, const char *to, int mode) {
    (void)b, (void)to;
    return (int)syscall(SYS_mkdirat, a, from, mode);
}
int rename(const char *from, const char *to) { return named('r', AT_FDCWD, from, AT_FDCWD, to, do_rename, 0); }
int renameat(int a, const char *from, int b, const char *to) { return named('r', a, from, b, to, do_rename, 0); }
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) { return named('r', a, from, b, to, do_rename, (int)flags); }
int link(const char *from, const char *to) { return named('l', AT_FDCWD, from, AT_FDCWD, to, do_link, 0); }
int linkat(int a, const char *from, int b, const char *to, int flags) { return named('l', a, from, b, to, do_link, flags); }
int unlink(const char *path) { return named('u', AT_FDCWD, path, 0, NULL, do_unlink, 0); }
int unlinkat(int at, const char *path, int flags) { return named('u', at, path, 0, NULL, do_unlink, flags); }
int rmdir(const char *path) { return named('u', AT_FDCWD, path, 0, NULL, do_unlink, AT_REMOVEDIR); }
int mkdir(const char *path, mode_t mode) { return named('m', AT_FDCWD, path, 0, NULL, do_mkdir, (int)mode); }
int mkdirat(int at, const char *path, mode_t mode) { return named('m', at, path, 0, NULL, do_mkdir, (int)mode); }
