/*
 * A layer between a program and its disk, for tests: loaded with LD_PRELOAD, it counts every call that changes something
 * under one folder, whichever thread makes it, and at one of them ends the process as kill -9 does, or refuses the call.
 *
 *   FAULT_FOLDER  the folder, absolute
 *   FAULT_AT      the call, counted from 1; 0 for none
 *   FAULT_ERROR   errno to refuse it, and every call after it, with; 0 or absent: SIGKILL. ENOSPC refuses only what
 *                 takes space.
 *   FAULT_LOG     a file outside the folder that gets a line a call: its name and its paths, with tabs between
 *   FAULT_COPIES  a folder outside that gets a copy of the first one as it is before each call, named by its number:
 *                 what kill -9 at that call leaves, whose pages the kernel keeps. Nothing changes while it is made.
 *   FAULT_START   a file: nothing counts before it exists
 *
 * The call that is named doesn't happen.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))

static atomic_int count;
static atomic_int started;
static const char *folder, *log_path, *start_path, *copies;
static size_t folder_length;
static int at, error_number, log_fd = -1;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
  folder = getenv("FAULT_FOLDER");
  folder_length = folder == NULL ? 0 : strlen(folder);
  at = getenv("FAULT_AT") == NULL ? 0 : atoi(getenv("FAULT_AT"));
  error_number = getenv("FAULT_ERROR") == NULL ? 0 : atoi(getenv("FAULT_ERROR"));
  start_path = getenv("FAULT_START");
  copies = getenv("FAULT_COPIES");
  log_path = getenv("FAULT_LOG");
  if (log_path != NULL && *log_path != '\0')
    log_fd = REAL(open)(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int inside(const char *path) {
  if (folder_length == 0 || path == NULL) return 0;
  if (strncmp(path, folder, folder_length) != 0) return 0;
  if (path[folder_length] != '/' && path[folder_length] != '\0') return 0;
  if (!atomic_load(&started)) {
    if (start_path != NULL && *start_path != '\0' && access(start_path, F_OK) != 0) return 0;
    atomic_store(&started, 1);
  }
  return 1;
}

/* The path of an open file, into `path` of PATH_MAX bytes. */
static int fd_inside(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length <= 0) return 0;
  path[length] = '\0';
  return inside(path);
}

static int takes_space(const char *call) {
  static const char *const calls[] = {"open", "write", "pwrite", "mkdir", "symlink", "link", "copy", "sendfile"};
  for (size_t index = 0; index < sizeof calls / sizeof *calls; index++)
    if (strncmp(call, calls[index], strlen(calls[index])) == 0) return 1;
  return 0;
}

static void copy_folder(int number) {
  char to[PATH_MAX];
  int status;
  pid_t pid;
  snprintf(to, sizeof to, "%s/%d", copies, number);
  char *const words[] = {"cp", "-a", (char *)folder, to, NULL};
  char *const nothing[] = {NULL};
  if (posix_spawn(&pid, "/bin/cp", NULL, NULL, words, nothing) != 0) abort();
  if (waitpid(pid, &status, 0) != pid || status != 0) abort();
}

static void end_turn(const int *held) {
  if (*held) pthread_mutex_unlock(&turn);
}

/* Where the folder is copied, one call at a time counts, and happens, before the next. */
#define TURN __attribute__((cleanup(end_turn))) int held = 0

/* 0 to go on; otherwise errno is set and the call must fail. */
static int fault(int *held, const char *call, const char *path, const char *second) {
  int copied = copies != NULL && *copies != '\0';
  if (copied) *held = pthread_mutex_lock(&turn) == 0;
  int number = atomic_fetch_add(&count, 1) + 1;
  if (log_fd >= 0) {
    char line[2 * PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%s\t%s\t%s\n", call, path, second);
    if (REAL(write)(log_fd, line, (size_t)length) < 0) abort();
  }
  if (copied) copy_folder(number);
  if (at == 0 || number < at) return 0;
  if (error_number == 0) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
  }
  if (error_number == ENOSPC && !takes_space(call)) return 0;
  errno = error_number;
  return -1;
}

#define ON_PATH(path, call) \
  TURN;                     \
  if (inside(path) && fault(&held, call, path, "") != 0) return -1
#define ON_FD(fd, call)   \
  TURN;                   \
  char opened[PATH_MAX];  \
  if (fd_inside(fd, opened) && fault(&held, call, opened, "") != 0) return -1

static int changes(int flags) { return (flags & (O_CREAT | O_TRUNC)) != 0; }

#define OPEN(name)                                            \
  int name(const char *path, int flags, ...) {                \
    va_list arguments;                                        \
    va_start(arguments, flags);                               \
    mode_t mode = va_arg(arguments, mode_t);                  \
    va_end(arguments);                                        \
    TURN;                                                     \
    if (changes(flags) && inside(path) &&                     \
        fault(&held, #name, path, "") != 0)                   \
      return -1;                                              \
    return REAL(name)(path, flags, mode);                     \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                          \
  int name(int dir, const char *path, int flags, ...) {       \
    va_list arguments;                                        \
    va_start(arguments, flags);                               \
    mode_t mode = va_arg(arguments, mode_t);                  \
    va_end(arguments);                                        \
    TURN;                                                     \
    if (changes(flags) && inside(path) &&                     \
        fault(&held, #name, path, "") != 0)                   \
      return -1;                                              \
    return REAL(name)(dir, path, flags, mode);                \
  }
OPENAT(openat)
OPENAT(openat64)

ssize_t write(int fd, const void *bytes, size_t length) {
  ON_FD(fd, "write");
  return REAL(write)(fd, bytes, length);
}
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
  ON_FD(fd, "pwrite");
  return REAL(pwrite)(fd, bytes, length, offset);
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  ON_FD(fd, "pwrite64");
  return REAL(pwrite64)(fd, bytes, length, offset);
}
ssize_t writev(int fd, const struct iovec *parts, int parts_length) {
  ON_FD(fd, "writev");
  return REAL(writev)(fd, parts, parts_length);
}
ssize_t pwritev(int fd, const struct iovec *parts, int parts_length, off_t offset) {
  ON_FD(fd, "pwritev");
  return REAL(pwritev)(fd, parts, parts_length, offset);
}
ssize_t pwritev64(int fd, const struct iovec *parts, int parts_length, off64_t offset) {
  ON_FD(fd, "pwritev64");
  return REAL(pwritev64)(fd, parts, parts_length, offset);
}
ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t length, unsigned flags) {
  ON_FD(out, "copy_file_range");
  return REAL(copy_file_range)(in, from, out, to, length, flags);
}
ssize_t sendfile(int out, int in, off_t *offset, size_t length) {
  ON_FD(out, "sendfile");
  ssize_t (*real)(int, int, off_t *, size_t) = dlsym(RTLD_NEXT, "sendfile");
  return real(out, in, offset, length);
}
int fsync(int fd) {
  ON_FD(fd, "fsync");
  return REAL(fsync)(fd);
}
int fdatasync(int fd) {
  ON_FD(fd, "fdatasync");
  return REAL(fdatasync)(fd);
}
int syncfs(int fd) {
  ON_FD(fd, "syncfs");
  return REAL(syncfs)(fd);
}
int ftruncate(int fd, off_t length) {
  ON_FD(fd, "ftruncate");
  return REAL(ftruncate)(fd, length);
}
int ftruncate64(int fd, off64_t length) {
  ON_FD(fd, "ftruncate64");
  return REAL(ftruncate64)(fd, length);
}
int fchmod(int fd, mode_t mode) {
  ON_FD(fd, "fchmod");
  return REAL(fchmod)(fd, mode);
}
int chmod(const char *path, mode_t mode) {
  ON_PATH(path, "chmod");
  return REAL(chmod)(path, mode);
}
int rename(const char *from, const char *to) {
  TURN;
  if (inside(from) && fault(&held, "rename", from, to) != 0) return -1;
  return REAL(rename)(from, to);
}
int link(const char *from, const char *to) {
  ON_PATH(to, "link");
  return REAL(link)(from, to);
}
int symlink(const char *target, const char *path) {
  ON_PATH(path, "symlink");
  return REAL(symlink)(target, path);
}
int unlink(const char *path) {
  ON_PATH(path, "unlink");
  return REAL(unlink)(path);
}
int mkdir(const char *path, mode_t mode) {
  ON_PATH(path, "mkdir");
  return REAL(mkdir)(path, mode);
}
int rmdir(const char *path) {
  ON_PATH(path, "rmdir");
  return REAL(rmdir)(path);
}
int utimensat(int dir, const char *path, const struct timespec times[2], int flags) {
  ON_PATH(path, "utimensat");
  return REAL(utimensat)(dir, path, times, flags);
}
int futimens(int fd, const struct timespec times[2]) {
  ON_FD(fd, "futimens");
  return REAL(futimens)(fd, times);
}
