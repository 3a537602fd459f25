// SPDX-License-Identifier: Apache-2.0
//
// The last step between bubblewrap and a skill, and the skill's supervisor while it runs.
//
// bubblewrap makes the namespaces, an empty root with /proc, /dev and /tmp, and binds the whole computer at /.stage. That
// much is the same for every run, so it can stand ready before anybody knows what is going to run. This program completes
// it, in order:
//
//   0. hides what /proc tells of the computer, listens on 127.0.0.1 inside and hands that socket to Skillet, the only way
//      out; then it waits for the words that say what this run is. Where none come it ends.
//   1. binds what the run may see from the stage, each thing compared with what the engine judged, all that a skill could
//      write or bring along noexec; takes the stage away before anything else runs, and makes the root read-only
//   2. becomes an ordinary user in a user namespace of its own and drops every capability
//   3. starts the skill under resource limits, Landlock (programs that may start) and seccomp (system calls)
//   4. answers seccomp notifications: each file, program and address that the skill names is compared with what
//      the sandbox allows, and what fails is reported. Reporting only: the answer is always "continue", so that
//      the kernel, the mounts and Landlock decide, and a race with the skill's memory can spoil a report but
//      never a decision.
//   5. holds the process tree to its limits: memory, bytes written to disk, number of processes (usage.h)
//
// Arguments:  --ipc FD  --report FD  --words FD  --port N  --outside INODE
// Words, NUL-terminated each, from the descriptor of that name:
//           --memory BYTES  --processes N  --files N  --file-size BYTES  --written BYTES  --lookups 0|1  --stdin 0|1
//           --direct PORT…  --program PATH…  --env NAME=VALUE…  --link PATH --target PATH…  --file PATH --text TEXT…
//           --from PATH --onto PATH --as KIND --same DEVICE:INODE…  -- COMMAND ARG…
// --outside: the process namespace of whoever started all this (inode), which must not be this one: what ends a run ends
// every process that it can reach.
// --lookups watches stat and access too: a shell asks by these whether a program exists before it starts one.
// --direct: a port of approved hosts, for programs that know no proxy: whoever connects to an address of 127.0.0.0/8
// there is taken for a connection to the host that /etc/hosts gives that address.
// --stdin 0: the skill reads nothing.
// --from, --onto, --as, --same: a path on this computer and where the skill sees it. KIND is "system" (read-only, what may
// be executed), "given" (read-only) or "own" (the skill may write there; --written is what it may write altogether). What
// lies at the path must be DEVICE:INODE, which the engine judged; "" takes whatever it is.
//
// When the sandbox is complete it is reported as ready, but the skill's first instruction waits until the engine writes one
// byte, "g", into the report channel, which is a socket. Any other byte, or the channel's end, and the skill never starts
// (exit status 125). The pause costs nothing: the skill's own execve is the first call that the supervisor is asked about,
// and it isn't answered before.
// Reports are JSON lines on the report descriptor. Exit status: the skill's own; 128+N for a signal; 125 when the
// sandbox could not be completed (the skill was then never started).

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "filter.h"
#include "usage.h"

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP 1UL
#endif
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13) // newer than some of the headers that this must compile with
#endif

// linux/mount.h and sys/mount.h can't both be included where the C library is older than 2.37.
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef MOUNT_ATTR_RDONLY
#define MOUNT_ATTR_RDONLY 1ULL
#define MOUNT_ATTR_NOSUID 2ULL
#define MOUNT_ATTR_NODEV 4ULL
#define MOUNT_ATTR_NOEXEC 8ULL
#endif
struct attributes {
  uint64_t set, clear, propagation, user_namespace;
};

enum { MAX_PATHS = 4096, MAX_DIRECT = 64, MAX_FILES = 8, TICK_MS = 10, MAX_REPORTS = 2000, REMEMBERED = 512, SCRATCH_NAMES = 16384 };

struct bind {
  const char *from, *onto, *as, *same;
};
struct pair {
  const char *name, *value;
};
struct options {
  int ipc, report, words, port;
  unsigned long long memory, file_size, written;
  unsigned long processes, files;
  bool lookups, takes_stdin;
  unsigned long long outside;
  int direct[MAX_DIRECT], direct_count;
  struct bind bind[MAX_PATHS];
  struct pair link[MAX_PATHS], file[MAX_FILES];
  const char *program[MAX_PATHS], *writable[MAX_PATHS], *environment[MAX_PATHS + 1];
  int bind_count, link_count, file_count, program_count, writable_count, environment_count;
  char **command;
};
static struct options options = {.ipc = -1, .report = -1, .words = -1};

// --- reports -------------------------------------------------------------------------------------------------

static void write_all(int fd, const char *data, size_t length) {
  while (length > 0) {
    ssize_t n = write(fd, data, length);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    data += n;
    length -= (size_t)n;
  }
}

// Bytes that are not plain ASCII travel as \u00XX, one byte each: a path need not be UTF-8.
static size_t quote(char *out, size_t room, const char *text) {
  size_t used = 0;
  for (const unsigned char *c = (const unsigned char *)text; *c && used + 7 < room; c++) {
    if (*c == '"' || *c == '\\') used += (size_t)snprintf(out + used, room - used, "\\%c", *c);
    else if (*c < 0x20 || *c >= 0x7f) used += (size_t)snprintf(out + used, room - used, "\\u%04x", *c);
    else out[used++] = (char)*c;
  }
  out[used] = 0;
  return used;
}

static void report_line(const char *format, ...) {
  static char line[32768];
  va_list list;
  va_start(list, format);
  int n = vsnprintf(line, sizeof line, format, list);
  va_end(list);
  if (n > 0 && (size_t)n < sizeof line) write_all(options.report, line, (size_t)n);
}

static void report_path(const char *type, const char *path, int error) {
  static uint64_t remembered[REMEMBERED];
  static int written, others;
  static bool truncated;
  static char quoted[6 * 4096 + 8];
  uint64_t hash = 1469598103934665603ULL ^ (uint64_t)(unsigned)error;
  for (const char *c = type; *c; c++) hash = (hash ^ (unsigned char)*c) * 1099511628211ULL;
  for (const char *c = path; *c; c++) hash = (hash ^ (unsigned char)*c) * 1099511628211ULL;
  uint64_t *slot = &remembered[hash % REMEMBERED];
  if (*slot == hash) return;
  // What was written has a budget of its own: thousands of failing reads must not hide it.
  int *reports = !strcmp(type, "wrote") ? &written : &others;
  if (*reports >= MAX_REPORTS) {
    if (!truncated) report_line("{\"type\":\"truncated\"}\n");
    truncated = true;
    return;
  }
  *slot = hash;
  ++*reports;
  quote(quoted, sizeof quoted, path);
  report_line("{\"type\":\"%s\",\"path\":\"%s\",\"errno\":%d}\n", type, quoted, error);
}

static void fail(const char *what) {
  report_line("{\"type\":\"failed\",\"what\":\"%s\",\"errno\":%d}\n", what, errno);
  _exit(125);
}

// --- 1. the file tree ------------------------------------------------------------------------------------------

static const char stage[] = "/.stage";

static void make_folders(const char *path) {
  char folder[4096];
  if (strlen(path) >= sizeof folder) fail("path");
  for (const char *slash = path; (slash = strchr(slash + 1, '/'));) {
    memcpy(folder, path, (size_t)(slash - path));
    folder[slash - path] = 0;
    if (mkdir(folder, 0755) != 0 && errno != EEXIST) fail("folder");
  }
}

/** What the engine judged, and nothing that was exchanged for it. */
static void assert_same(const char *expected, const struct stat *found) {
  char *inode;
  if (!*expected) return;
  const unsigned long long device = strtoull(expected, &inode, 10), number = strtoull(inode + (*inode != 0), NULL, 10);
  if (found->st_dev == device && found->st_ino == number) return;
  errno = ESTALE;
  fail("exchanged");
}

static uint64_t attributes_of(const char *as) {
  const uint64_t always = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
  if (!strcmp(as, "system")) return always | MOUNT_ATTR_RDONLY;
  if (!strcmp(as, "given")) return always | MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC;
  if (!strcmp(as, "own")) return always | MOUNT_ATTR_NOEXEC;
  fail("kind");
  return 0;
}

/** The same for one mount alone, on kernels before 5.12; where others lie below it the kernel refuses the bind itself. */
static void restrict_one(const char *path, uint64_t set) {
  struct statvfs now;
  if (statvfs(path, &now) != 0) fail("bind stat");
  unsigned long flags = MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV;
  if (set & MOUNT_ATTR_RDONLY || now.f_flag & ST_RDONLY) flags |= MS_RDONLY;
  if (set & MOUNT_ATTR_NOEXEC || now.f_flag & ST_NOEXEC) flags |= MS_NOEXEC;
  if (now.f_flag & ST_NOATIME) flags |= MS_NOATIME;
  if (now.f_flag & ST_NODIRATIME) flags |= MS_NODIRATIME;
  if (now.f_flag & ST_RELATIME) flags |= MS_RELATIME;
  if (mount(NULL, path, NULL, flags, NULL) != 0) fail("bind flags");
}

/** Binds one thing, with all that is mounted below it; what is mounted there later stays out. */
static void place(int computer, const struct bind *one, bool whole) {
  struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  struct stat source, bound;
  char link[32];
  int fd = (int)syscall(SYS_openat2, computer, one->from, &how, sizeof how);
  if (fd < 0 || fstat(fd, &source) != 0) fail(*one->same ? "exchanged" : "stage");
  assert_same(one->same, &source);
  make_folders(one->onto);
  int made = S_ISDIR(source.st_mode) ? mkdir(one->onto, 0755) : mknod(one->onto, S_IFREG | 0444, 0);
  if (made != 0 && errno != EEXIST) fail("mount point");
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  if (mount(link, one->onto, NULL, MS_BIND | (whole ? MS_REC : 0), NULL) != 0) fail("bind");
  close(fd);
  const struct attributes wanted = {.set = attributes_of(one->as), .propagation = MS_PRIVATE};
  if (!whole) restrict_one(one->onto, wanted.set);
  else if (syscall(SYS_mount_setattr, AT_FDCWD, one->onto, AT_RECURSIVE | AT_SYMLINK_NOFOLLOW, &wanted, sizeof wanted) != 0) fail("bind flags");
  // A link in the place of the mount point would have led the bind elsewhere.
  if (lstat(one->onto, &bound) != 0) fail("bind");
  if (bound.st_dev != source.st_dev || bound.st_ino != source.st_ino) {
    errno = ESTALE;
    fail("exchanged");
  }
}

// What the kernel tells everybody: the person's keys by name, by what this computer or its start can be known again, and
// which cards and disks it has.
static void hide_identity(void) {
  static const char *const told[] = {"/proc/keys", "/proc/key-users", "/proc/cmdline", "/proc/sys/kernel/random/boot_id", "/proc/interrupts", "/proc/bus/pci/devices"};
  for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
    if (mount("/dev/null", told[i], NULL, MS_BIND, NULL) != 0) {
      if (errno == ENOENT || errno == EACCES) continue; // not there; firejail's /proc/bus, which nobody gets into
      fail("hiding");
    }
    if (mount(NULL, told[i], NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NOEXEC, NULL) != 0) fail("hiding");
  }
}

static void write_file(const char *path, const char *text) {
  make_folders(path);
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
  if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text)) fail("file");
  close(fd);
}

/** Nothing has run yet that could have looked at the stage. */
static void complete_tree(void) {
  int computer = open(stage, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (computer < 0) fail("stage");
  const bool whole = syscall(SYS_mount_setattr, -1, "", 0, NULL, 0) != 0 && errno != ENOSYS;
  for (int i = 0; i < options.link_count; i++) {
    make_folders(options.link[i].name);
    if (symlink(options.link[i].value, options.link[i].name) != 0) fail("link");
  }
  for (int i = 0; i < options.file_count; i++) write_file(options.file[i].name, options.file[i].value);
  for (int i = 0; i < options.bind_count; i++) place(computer, &options.bind[i], whole);
  close(computer);
  if (umount2(stage, MNT_DETACH) != 0 || rmdir(stage) != 0) fail("stage");
  struct statvfs now;
  if (statvfs("/", &now) != 0) fail("root");
  const unsigned long times = now.f_flag & ST_RELATIME ? MS_RELATIME : now.f_flag & ST_NOATIME ? MS_NOATIME : 0;
  if (mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | times, NULL) != 0) fail("root");
  if (chdir("/skill") != 0) fail("skill folder");
}

/** A file system in memory as bubblewrap makes it limits its bytes; empty files are memory, too. */
static void limit_names(const char *scratch) {
  char most[32];
  snprintf(most, sizeof most, "nr_inodes=%d", SCRATCH_NAMES);
  if (mount(NULL, scratch, NULL, MS_REMOUNT | MS_NOEXEC | MS_NOSUID | MS_NODEV, most) != 0) fail("scratch");
}

// --- the listening socket ------------------------------------------------------------------------------------

static void send_descriptor(int channel, int fd, const char *message) {
  struct iovec data = {.iov_base = (void *)(uintptr_t)message, .iov_len = strlen(message)};
  union {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
  } control = {0};
  struct msghdr header = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  struct cmsghdr *attached = CMSG_FIRSTHDR(&header);
  attached->cmsg_level = SOL_SOCKET;
  attached->cmsg_type = SCM_RIGHTS;
  attached->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(attached), &fd, sizeof(int));
  if (sendmsg(channel, &header, 0) < 0) fail("send descriptor");
}

static int receive_descriptor(int channel) {
  char byte[1];
  struct iovec data = {.iov_base = byte, .iov_len = 1};
  union {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
  } control = {0};
  struct msghdr header = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  if (recvmsg(channel, &header, MSG_CMSG_CLOEXEC) <= 0) return -1;
  struct cmsghdr *attached = CMSG_FIRSTHDR(&header);
  if (!attached || attached->cmsg_type != SCM_RIGHTS) return -1;
  int fd;
  memcpy(&fd, CMSG_DATA(attached), sizeof(int));
  return fd;
}

static void hand_over_listener(int port, in_addr_t where) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); // or a full engine blocks in accept
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(where)};
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 128) != 0) fail("proxy socket");
  // Node's own wire format for a handle on its IPC channel.
  send_descriptor(options.ipc, listener, "{\"cmd\":\"NODE_HANDLE\",\"type\":\"net.Server\",\"msg\":\"listener\"}\n");
  close(listener);
}

/** Where programs look names up that have no /etc/resolv.conf (resolv.conf(5)). */
static void hand_over_name_server(void) {
  int socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(53), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (socket_ < 0 || bind(socket_, (struct sockaddr *)&address, sizeof address) != 0) fail("name socket");
  send_descriptor(options.ipc, socket_, "{\"cmd\":\"NODE_HANDLE\",\"type\":\"dgram.Socket\",\"dgramType\":\"udp4\",\"msg\":\"names\"}\n");
  close(socket_);
}

/** Where hosts are approved: their ports on all of 127.0.0.0/8, where their addresses lie, and their names. */
static void hand_over_direct(void) {
  for (int i = 0; i < options.direct_count; i++) hand_over_listener(options.direct[i], INADDR_ANY);
  if (options.direct_count) hand_over_name_server();
}

/** Node acknowledges each; until then, and until the engine says so, nothing starts. */
static void await_engine(void) {
  char acknowledgement[256], word = 0;
  ssize_t n;
  for (int missing = 1 + options.direct_count + (options.direct_count > 0); missing > 0;) {
    do n = read(options.ipc, acknowledgement, sizeof acknowledgement);
    while (n < 0 && errno == EINTR);
    if (n <= 0) fail("proxy hand-over");
    for (ssize_t i = 0; i < n; i++) missing -= acknowledgement[i] == '\n';
  }
  close(options.ipc);
  do n = read(options.report, &word, 1);
  while (n < 0 && errno == EINTR);
  if (n != 1 || word != 'g') _exit(125);
}

// --- 2. an ordinary user without capabilities ----------------------------------------------------------------

static void write_map(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text)) fail(path);
  close(fd);
}

static void become_ordinary_user(void) {
  char map[64];
  unsigned uid = geteuid(), gid = getegid();
  if (unshare(CLONE_NEWUSER) != 0) fail("user namespace");
  write_map("/proc/self/setgroups", "deny");
  snprintf(map, sizeof map, "1000 %u 1", uid);
  write_map("/proc/self/uid_map", map);
  snprintf(map, sizeof map, "1000 %u 1", gid);
  write_map("/proc/self/gid_map", map);

  const unsigned long bits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED |
                             SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
  if (prctl(PR_SET_SECUREBITS, bits, 0, 0, 0) != 0) fail("securebits");
  for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) fail("bounding set");
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) fail("ambient set");
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct none[2] = {0};
  if (syscall(SYS_capset, &header, none) != 0) fail("capset");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail("no_new_privs");
}

// --- 3. limits, Landlock, seccomp ----------------------------------------------------------------------------

static void limit(__rlimit_resource_t what, unsigned long long most) {
  struct rlimit value = {.rlim_cur = most, .rlim_max = most};
  if (setrlimit(what, &value) != 0) fail("resource limit");
}

/** Returns the Landlock version in force, 0 where the kernel has none. */
static int landlock_version(void) {
  long version = syscall(__NR_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version > 0 ? (int)version : 0;
}

static void allow_beneath(int ruleset, const char *path, uint64_t access) {
  struct landlock_path_beneath_attr rule = {.allowed_access = access};
  rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
  if (rule.parent_fd < 0) fail("landlock path");
  if (syscall(__NR_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) fail("landlock rule");
  close(rule.parent_fd);
}

// Programs that may start, and where files may be opened for writing: a second wall behind what is mounted read-only, and
// the only one before /proc, where the supervisor's files belong to the skill's own user.
static void allow_only_listed(int version) {
  struct landlock_ruleset_attr handled = {.handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE};
  // Unless a ruleset speaks of it, Landlock forbids moving files between folders altogether (version 1 always does).
  if (version >= 2) handled.handled_access_fs |= LANDLOCK_ACCESS_FS_REFER;
  int ruleset = (int)syscall(__NR_landlock_create_ruleset, &handled, sizeof handled, 0);
  if (ruleset < 0) fail("landlock ruleset");
  if (version >= 2) allow_beneath(ruleset, "/", LANDLOCK_ACCESS_FS_REFER);
  for (int i = 0; i < options.program_count; i++) allow_beneath(ruleset, options.program[i], LANDLOCK_ACCESS_FS_EXECUTE);
  allow_beneath(ruleset, "/dev", LANDLOCK_ACCESS_FS_WRITE_FILE);
  allow_beneath(ruleset, "/tmp", LANDLOCK_ACCESS_FS_WRITE_FILE);
  for (int i = 0; i < options.writable_count; i++) allow_beneath(ruleset, options.writable[i], LANDLOCK_ACCESS_FS_WRITE_FILE);
  if (syscall(__NR_landlock_restrict_self, ruleset, 0) != 0) fail("landlock");
  close(ruleset);
}

static void start_skill(int channel, pid_t supervisor, pid_t keeper) {
  if (setsid() < 0) fail("session");
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGCHLD, SIG_DFL);
  // Busy skills must leave the supervisor, and the person's other programs, their share.
  setpriority(PRIO_PROCESS, 0, 5);
  const struct sched_param ordinary = {0};
  const int policy = sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
  if (policy != SCHED_OTHER && policy != SCHED_BATCH && policy != SCHED_IDLE && sched_setscheduler(0, SCHED_OTHER, &ordinary) != 0) fail("scheduling");
  limit(RLIMIT_RTPRIO, 0);
  limit(RLIMIT_NICE, 0);
  // 0 keeps a file from being written, but not a program that the kernel starts as root and hands the memory to, keys
  // and all (systemd-coredump, apport); 1 keeps both (fs/coredump.c).
  limit(RLIMIT_CORE, 1);
  limit(RLIMIT_NOFILE, options.files);
  limit(RLIMIT_FSIZE, options.file_size);
  limit(RLIMIT_MEMLOCK, 0);
  limit(RLIMIT_MSGQUEUE, 0);
  limit(RLIMIT_SIGPENDING, 1024);
  limit(RLIMIT_NPROC, options.processes + 1); // the supervisor counts as well
  if (landlock_version() > 0) allow_only_listed(landlock_version());
  int listener = install_filter(supervisor, keeper, options.lookups);
  if (listener < 0) fail("seccomp");
  send_descriptor(channel, listener, "n");
  close(listener);
  close(channel);
  if (!options.takes_stdin) {
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing < 0 || dup2(nothing, 0) < 0) _exit(125);
  }
  // The supervisor answers from here on; nothing but 0, 1 and 2 goes on to the skill.
  if (syscall(SYS_close_range, 3U, ~0U, 0U) != 0) _exit(125);
  execve(options.command[0], options.command, (char **)(uintptr_t)options.environment);
  _exit(errno == ENOENT ? 127 : 126);
}

// --- 4. what the skill tried ---------------------------------------------------------------------------------

static bool read_memory(pid_t pid, uint64_t address, void *out, size_t length) {
  struct iovec local = {.iov_base = out, .iov_len = length}, remote = {.iov_base = (void *)(uintptr_t)address, .iov_len = length};
  return process_vm_readv(pid, &local, 1, &remote, 1, 0) == (ssize_t)length;
}

static bool read_string(pid_t pid, uint64_t address, char *out, size_t room) {
  // Page by page: a string may end just before an unmapped page.
  size_t used = 0;
  while (used + 1 < room) {
    size_t step = 4096 - ((address + used) & 4095);
    if (step > room - 1 - used) step = room - 1 - used;
    struct iovec local = {.iov_base = out + used, .iov_len = step}, remote = {.iov_base = (void *)(uintptr_t)(address + used), .iov_len = step};
    ssize_t n = process_vm_readv(pid, &local, 1, &remote, 1, 0);
    if (n <= 0) return false;
    if (memchr(out + used, 0, (size_t)n)) return true;
    used += (size_t)n;
  }
  out[used] = 0;
  return true;
}

/** The absolute path that `pid` means by `address`, read relative to `folder` (AT_FDCWD or a descriptor of its own). */
static bool named_path(pid_t pid, int folder, uint64_t address, char *out, size_t room) {
  char text[4096];
  if (!read_string(pid, address, text, sizeof text)) return false;
  if (text[0] == '/') {
    snprintf(out, room, "%s", text);
    return true;
  }
  char link[64];
  if (folder == AT_FDCWD) snprintf(link, sizeof link, "/proc/%d/cwd", pid);
  else snprintf(link, sizeof link, "/proc/%d/fd/%d", pid, folder);
  ssize_t n = readlink(link, out, room - 1);
  if (n <= 0) return false;
  out[n] = 0;
  if (text[0]) snprintf(out + n, room - (size_t)n, "%s%s", out[n - 1] == '/' ? "" : "/", text);
  return true;
}

static int parent_error(const char *path) {
  char folder[8192];
  snprintf(folder, sizeof folder, "%s", path);
  char *slash = strrchr(folder, '/');
  if (!slash) return 0;
  slash[slash == folder ? 1 : 0] = 0;
  return faccessat(AT_FDCWD, folder, W_OK, 0) == 0 ? 0 : errno;
}

static void tell_read(const char *path) {
  if (faccessat(AT_FDCWD, path, R_OK, 0) != 0) report_path("read", path, errno);
}

static void tell_write(const char *path) {
  int error = faccessat(AT_FDCWD, path, W_OK, 0) == 0 ? 0 : errno;
  if (error == ENOENT) error = parent_error(path);
  report_path(error ? "write" : "wrote", path, error);
}

static bool is_listed(const char *path) {
  struct stat wanted, listed;
  if (stat(path, &wanted) != 0) return false;
  for (int i = 0; i < options.program_count; i++)
    if (stat(options.program[i], &listed) == 0 && listed.st_dev == wanted.st_dev && listed.st_ino == wanted.st_ino) return true;
  return false;
}

static void tell_start(const char *path) {
  int error = faccessat(AT_FDCWD, path, X_OK, 0) == 0 ? 0 : errno;
  if (!error && !is_listed(path)) error = EACCES;
  if (error) report_path("start", path, error);
}

/** A shell looking for a program along PATH: what it doesn't find, it would have started. */
static void tell_lookup(const char *path) {
  if (strncmp(path, "/usr/bin/", 9) != 0 && strncmp(path, "/bin/", 5) != 0) return;
  if (faccessat(AT_FDCWD, path, F_OK, 0) != 0) report_path("start", path, errno);
}

static void tell_connect(pid_t pid, uint64_t address, uint64_t length) {
  union {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
    char bytes[128];
  } target = {0};
  char text[INET6_ADDRSTRLEN] = "?", whole[128];
  if (length > sizeof target || length < sizeof(sa_family_t) || !read_memory(pid, address, &target, length)) return;
  int port = 0;
  if (target.any.sa_family == AF_INET) {
    inet_ntop(AF_INET, &target.four.sin_addr, text, sizeof text);
    port = ntohs(target.four.sin_port);
    if (ntohl(target.four.sin_addr.s_addr) == INADDR_LOOPBACK && port == options.port) return;
    // The engine itself says what it refuses of names.
    const bool here = ntohl(target.four.sin_addr.s_addr) >> 24 == 127;
    if (here && options.direct_count && port == 53) return;
    for (int i = 0; i < options.direct_count; i++)
      if (here && port == options.direct[i]) return;
  } else if (target.any.sa_family == AF_INET6) {
    inet_ntop(AF_INET6, &target.six.sin6_addr, text, sizeof text);
    port = ntohs(target.six.sin6_port);
  } else return;
  snprintf(whole, sizeof whole, target.any.sa_family == AF_INET6 ? "[%s]:%d" : "%s:%d", text, port);
  report_path("connect", whole, ENETUNREACH);
}

static bool reads_only(uint64_t flags) {
  return (flags & O_ACCMODE) == O_RDONLY && !(flags & (O_CREAT | O_TRUNC));
}

/** Whether this is a file being opened for nothing but reading, and which; "" where that can't be told. */
static bool opened_to_read(const struct seccomp_notif *notification, char *path, size_t room) {
  const pid_t pid = (pid_t)notification->pid;
  const __u64 *a = notification->data.args;
  switch (notification->data.nr) {
#ifdef __x86_64__
    case __NR_open:
      if (!reads_only(a[1])) return false;
      if (!named_path(pid, AT_FDCWD, a[0], path, room)) path[0] = 0;
      return true;
#endif
    case __NR_openat:
      if (!reads_only(a[2])) return false;
      if (!named_path(pid, (int)a[0], a[1], path, room)) path[0] = 0;
      return true;
  }
  return false;
}

/** SIGCHLD's handling, as it is about to be set. */
static void tell_handling(pid_t pid, uint64_t address) {
  uint64_t wanted[2]; // handler, flags
  if (address && read_memory(pid, address, wanted, sizeof wanted) && (wanted[0] == (uintptr_t)SIG_IGN || wanted[1] & SA_NOCLDWAIT)) meter.forgets = true;
}

static void tell(const struct seccomp_notif *notification) {
  static char path[8192], second[8192];
  const pid_t pid = (pid_t)notification->pid;
  const __u64 *a = notification->data.args;
  switch (notification->data.nr) {
#ifdef __x86_64__
    case __NR_stat: case __NR_access:
      if (named_path(pid, AT_FDCWD, a[0], path, sizeof path)) tell_lookup(path);
      return;
    case __NR_open:
    case __NR_creat: case __NR_mkdir: case __NR_rmdir: case __NR_unlink: case __NR_mknod:
      if (named_path(pid, AT_FDCWD, a[0], path, sizeof path)) tell_write(path);
      return;
    case __NR_rename: case __NR_link:
      if (named_path(pid, AT_FDCWD, a[0], path, sizeof path) && named_path(pid, AT_FDCWD, a[1], second, sizeof second)) tell_write(path), tell_write(second);
      return;
    case __NR_symlink:
      if (named_path(pid, AT_FDCWD, a[1], path, sizeof path)) tell_write(path);
      return;
#endif
    case __NR_newfstatat: case __NR_faccessat: case __NR_faccessat2:
      if (named_path(pid, (int)a[0], a[1], path, sizeof path)) tell_lookup(path);
      return;
    case __NR_truncate:
      if (named_path(pid, AT_FDCWD, a[0], path, sizeof path)) tell_write(path);
      return;
    case __NR_openat: case __NR_mkdirat: case __NR_unlinkat: case __NR_mknodat:
      if (named_path(pid, (int)a[0], a[1], path, sizeof path)) tell_write(path);
      return;
    case __NR_symlinkat:
      if (named_path(pid, (int)a[1], a[2], path, sizeof path)) tell_write(path);
      return;
#ifdef __NR_renameat
    case __NR_renameat:
#endif
    case __NR_renameat2: case __NR_linkat:
      if (named_path(pid, (int)a[0], a[1], path, sizeof path) && named_path(pid, (int)a[2], a[3], second, sizeof second)) tell_write(path), tell_write(second);
      return;
    case __NR_execve:
      if (named_path(pid, AT_FDCWD, a[0], path, sizeof path)) tell_start(path);
      return;
    case __NR_execveat:
      if (named_path(pid, (int)a[0], a[1], path, sizeof path)) tell_start(path);
      return;
    case __NR_connect:
      return tell_connect(pid, a[1], a[2]);
    case __NR_rt_sigaction:
      return tell_handling(pid, a[1]);
  }
}

/** What the kernel counts nowhere. Decided by registers alone, which nobody can change meanwhile. */
static void count(const struct seccomp_data *call) {
  switch (call->nr) {
#ifdef __x86_64__
    case __NR_pipe:
#endif
    case __NR_pipe2:
      meter.pipes++;
      return;
#ifdef __x86_64__
    case __NR_open:
      if (call->args[1] & O_CREAT) meter.named += NAME_BYTES;
      return;
    case __NR_creat: case __NR_link: case __NR_mknod:
      meter.named += NAME_BYTES;
      return;
    case __NR_mkdir: case __NR_symlink:
#endif
    case __NR_mkdirat: case __NR_symlinkat:
      meter.named += 4 * NAME_BYTES;
      return;
    case __NR_openat:
      if (call->args[2] & (O_CREAT | __O_TMPFILE)) meter.named += NAME_BYTES;
      return;
    case __NR_linkat: case __NR_mknodat:
      meter.named += NAME_BYTES;
      return;
    case __NR_fcntl: // a lock, or one less, which may make two of one
      meter.records += 2 * RECORD_BYTES;
      return;
    case __NR_landlock_add_rule:
      meter.records += RECORD_BYTES;
      meter.rules += RECORD_BYTES;
      return;
    case __NR_landlock_restrict_self: // every process holds a copy
      meter.records += meter.rules;
  }
}

// Called from a readable poll. A process that died meanwhile answers ENOENT, which is nobody's fault.
static void answer(int listener) {
  struct seccomp_notif request = {0};
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) != 0) return;
  struct seccomp_notif_resp response = {.id = request.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
  static char path[8192];
  count(&request.data);
  if (opened_to_read(&request, path, sizeof path)) {
    // The most frequent call by far need not wait until it has been looked into: what could change the outcome, a name
    // made or taken away, is asked about in its turn.
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
    if (path[0]) tell_read(path);
    return;
  }
  tell(&request);
  ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

// --- 5. limits of the whole tree ------------------------------------------------------------------------------

static long long clock_ms(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static long long now_ms(void) {
  return clock_ms(CLOCK_MONOTONIC);
}

/** Whether a place where the skill may write lies on a file system whose kernel side doesn't see pages become due. */
static bool counts_calls(void) {
  bool known = true;
  for (int i = 0; i < options.writable_count; i++) {
    struct statfs there;
    if (statfs(options.writable[i], &there) != 0) fail("writable place");
    switch ((uint32_t)there.f_type) {
      case 0x65735546: // FUSE
      case 0x01021997: // 9P
      case 0x01021994: // tmpfs
      case 0x858458f6: // ramfs
        known = false;
    }
    if (there.f_type == 0x858458f6 && there.f_blocks == 0) fail("writable place without a size");
  }
  return !known;
}

static bytes_t free_in(const char *place) {
  struct statfs now;
  return statfs(place, &now) == 0 ? (bytes_t)now.f_bavail * (bytes_t)now.f_bsize : 0;
}

/**
 * How long a run may go unobserved: until it could have used up what is left to it, at a rate that no computer exceeds
 * by much for memory that is touched for the first time.
 */
static int next_look_ms(const struct usage *usage, long processors, long long took) {
  const bytes_t used = usage->memory + usage->kernel, rate = (8ULL << 20) * (bytes_t)processors;
  const bytes_t wait = used < options.memory ? (options.memory - used) / rate : 0;
  const bytes_t most = usage->shared ? 50 : 10, least = took > 0 ? 2 * (bytes_t)took : 1; // or looking is all it does
  return (int)(wait < least ? least : wait < most ? wait : most);
}

/** Of a place on disk 0: what other programs write there is no concern of this run. */
static bytes_t held_in_memory(const char *place) {
  struct statfs now;
  return statfs(place, &now) == 0 && now.f_type == 0x01021994 ? (bytes_t)(now.f_blocks - now.f_bfree) * (bytes_t)now.f_bsize : 0;
}

static bool fills_memory(const bytes_t *held_before) {
  for (int i = 0; i < options.writable_count; i++)
    if (held_in_memory(options.writable[i]) > held_before[i] + options.written) return true;
  return false;
}

/** More is gone from the disk than may be written, and that many processes may have taken their counts with them. */
static bool hides_writing(const bytes_t *free_before, bytes_t written) {
  if (!meter.forgets) return false;
  static const bytes_t one_process = 16 << 20; // written between two looks
  char text[128];
  bytes_t ever = 0;
  if (read_proc("loadavg", text, sizeof text)) {
    const char *last = strrchr(text, ' ');
    ever = last ? strtoull(last, NULL, 10) : 0;
  }
  if (written + ever * one_process <= options.written) return false;
  for (int i = 0; i < options.writable_count; i++)
    if (free_in(options.writable[i]) + options.written < free_before[i]) return true;
  return false;
}

/** The kernel takes the rest with this process; but they go on taking until it comes to that. */
static int end_run(void) {
  kill(-1, SIGKILL);
  return 137;
}

static int supervise(pid_t skill, int listener) {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  int signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  DIR *proc = opendir("/proc");
  if (signals < 0 || !proc) fail("supervisor");
  // Kernels before 6.6 know no such flag: there each answer wakes the skill a little later.
  ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
  const long processors = sysconf(_SC_NPROCESSORS_ONLN) > 0 ? sysconf(_SC_NPROCESSORS_ONLN) : 1;
  const bool disk = options.writable_count > 0;
  static bytes_t free_before[MAX_PATHS], held_before[MAX_PATHS];
  for (int i = 0; i < options.writable_count; i++) {
    free_before[i] = free_in(options.writable[i]);
    held_before[i] = held_in_memory(options.writable[i]);
  }
  bytes_t peak = 0, told = 0, written = 0;
  bool crowded = false;
  const struct usage nothing = {0};
  long long next_tick = now_ms() + next_look_ms(&nothing, processors, 0), next_slow_look = 0;
  struct pollfd watched[3] = {{.fd = listener, .events = POLLIN}, {.fd = signals, .events = POLLIN}, {.fd = options.report}};

  for (;;) {
    long long wait = next_tick - now_ms();
    poll(watched, 3, wait > 0 ? (int)wait : 0);
    if (watched[0].revents & POLLIN) answer(listener);
    if (watched[0].revents & (POLLHUP | POLLERR)) watched[0].fd = -1;

    // Nobody is left who could stop it.
    if (watched[2].revents & (POLLHUP | POLLERR)) return end_run();

    if (watched[1].revents & POLLIN) {
      struct signalfd_siginfo drained;
      while (read(signals, &drained, sizeof drained) > 0) {}
      int status, ended = -1;
      struct rusage used;
      for (pid_t gone; (gone = wait4(-1, &status, WNOHANG, &used)) > 0;) {
        if (gone != skill) continue;
        if (!peak) peak = 1024ULL * (bytes_t)used.ru_maxrss; // ended before the first look
        ended = status;
      }
      if (ended != -1) {
        if (disk) written = measure(proc, options.memory, 0, false, true).written;
        int signal = WIFSIGNALED(ended) ? WTERMSIG(ended) : 0, code = WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + signal;
        report_line("{\"type\":\"exit\",\"code\":%d,\"signal\":%d,\"peak\":%llu,\"written\":%llu}\n", code, signal, peak, written);
        return code;
      }
    }

    if (now_ms() < next_tick) continue;
    const long long began = now_ms(), worked = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
    const bool slow_look = began >= next_slow_look;
    if (slow_look) {
      look_at_kernel();
      next_slow_look = began + 50;
    }
    const struct usage usage = measure(proc, options.memory, peak, slow_look, disk);
    if (usage.sure > peak) peak = usage.sure;
    if (usage.written > written) written = usage.written;
    if (usage.memory + usage.kernel > options.memory) {
      report_line("{\"type\":\"memory\",\"peak\":%llu,\"written\":%llu}\n", peak, written);
      return end_run();
    }
    const bytes_t charged = written + meter.named;
    if (disk && (charged > options.written || fills_memory(held_before) || (slow_look && hides_writing(free_before, charged)))) {
      report_line("{\"type\":\"disk\",\"peak\":%llu,\"written\":%llu}\n", peak, written);
      return end_run();
    }
    if (peak > told + told / 16 + (1 << 20)) {
      told = peak; // so that a run that is killed from outside leaves its figures behind
      report_line("{\"type\":\"peak\",\"peak\":%llu,\"written\":%llu}\n", peak, written);
    }
    if (usage.tasks >= options.processes && !crowded) {
      crowded = true;
      report_line("{\"type\":\"processes\",\"count\":%u}\n", usage.tasks);
    }
    next_tick = now_ms() + next_look_ms(&usage, processors, clock_ms(CLOCK_PROCESS_CPUTIME_ID) - worked);
  }
}

// --- main ----------------------------------------------------------------------------------------------------

/** What the engine has written into `fd`, NUL-terminated each, after the program's own name: `ps` shows none of it. */
static char **read_words(int fd, char *name, int *count) {
  size_t used = 0, room = 1 << 16, held = 1;
  char *text = malloc(room);
  for (ssize_t n; text && (n = read(fd, text + used, room - used)) != 0;) {
    if (n < 0 && errno != EINTR) fail("words");
    if (n > 0) used += (size_t)n;
    if (used == room) text = realloc(text, room *= 2);
  }
  close(fd);
  if (!text || used == 0 || text[used - 1] != 0) fail("words");
  for (size_t i = 0; i < used; i++) held += text[i] == 0;
  char **words = malloc((held + 1) * sizeof *words);
  if (!words) fail("words");
  words[0] = name;
  char *next = text;
  for (size_t i = 1; i < held; i++, next += strlen(next) + 1) words[i] = next;
  words[held] = NULL;
  *count = (int)held;
  return words;
}

static bool is_named(const char *word, const char *name, int count, int most) {
  return !strcmp(word, name) && count < most;
}

static void parse_options(int count, char **words) {
  int i = 1;
  for (; i + 1 < count; i += 2) {
    const char *name = words[i], *value = words[i + 1];
    if (!strcmp(name, "--")) {
      options.command = &words[i + 1];
      return;
    }
    if (!strcmp(name, "--ipc")) options.ipc = atoi(value);
    else if (!strcmp(name, "--report")) options.report = atoi(value);
    else if (!strcmp(name, "--words")) options.words = atoi(value);
    else if (!strcmp(name, "--port")) options.port = atoi(value);
    else if (!strcmp(name, "--outside")) options.outside = strtoull(value, NULL, 10);
    else if (!strcmp(name, "--memory")) options.memory = strtoull(value, NULL, 10);
    else if (!strcmp(name, "--processes")) options.processes = strtoul(value, NULL, 10);
    else if (!strcmp(name, "--files")) options.files = strtoul(value, NULL, 10);
    else if (!strcmp(name, "--file-size")) options.file_size = strtoull(value, NULL, 10);
    else if (!strcmp(name, "--written")) options.written = strtoull(value, NULL, 10);
    else if (!strcmp(name, "--lookups")) options.lookups = atoi(value) != 0;
    else if (!strcmp(name, "--stdin")) options.takes_stdin = atoi(value) != 0;
    else if (is_named(name, "--direct", options.direct_count, MAX_DIRECT)) options.direct[options.direct_count++] = atoi(value);
    else if (is_named(name, "--program", options.program_count, MAX_PATHS)) options.program[options.program_count++] = value;
    else if (is_named(name, "--env", options.environment_count, MAX_PATHS)) options.environment[options.environment_count++] = value;
    else if (is_named(name, "--link", options.link_count, MAX_PATHS)) options.link[options.link_count].name = value;
    else if (is_named(name, "--target", options.link_count, MAX_PATHS)) options.link[options.link_count++].value = value;
    else if (is_named(name, "--file", options.file_count, MAX_FILES)) options.file[options.file_count].name = value;
    else if (is_named(name, "--text", options.file_count, MAX_FILES)) options.file[options.file_count++].value = value;
    else if (is_named(name, "--from", options.bind_count, MAX_PATHS)) options.bind[options.bind_count].from = value;
    else if (is_named(name, "--onto", options.bind_count, MAX_PATHS)) options.bind[options.bind_count].onto = value;
    else if (is_named(name, "--as", options.bind_count, MAX_PATHS)) options.bind[options.bind_count].as = value;
    else if (is_named(name, "--same", options.bind_count, MAX_PATHS)) {
      struct bind *one = &options.bind[options.bind_count++];
      one->same = value;
      if (!one->from || !one->onto || !one->as) break;
      if (!strcmp(one->as, "own")) options.writable[options.writable_count++] = one->onto;
    } else break;
  }
  if (i == count) return;
  dprintf(2, "skillet-launcher: bad options\n");
  _exit(125);
}

static void assert_own_processes(void) {
  struct stat here;
  errno = 0;
  if (stat("/proc/self/ns/pid", &here) != 0 || here.st_ino == options.outside) fail("no process namespace");
}

int main(int count, char **words) {
  parse_options(count, words);
  if (!options.outside || !options.port || options.report < 0 || options.ipc < 0 || options.words < 0 || options.command) {
    dprintf(2, "skillet-launcher: missing options\n");
    _exit(125);
  }
  fcntl(options.report, F_SETFD, FD_CLOEXEC);
  fcntl(options.ipc, F_SETFD, FD_CLOEXEC);
  assert_own_processes();
  limit_names("/tmp");
  limit_names("/dev/shm");
  hide_identity();
  hand_over_listener(options.port, INADDR_LOOPBACK);

  // All of this is the same for every run; what follows is about one.
  char **told = read_words(options.words, words[0], &count);
  parse_options(count, told);
  if (!options.command || !options.memory || !options.processes || !options.files) {
    errno = EINVAL;
    fail("words");
  }
  complete_tree();
  hand_over_direct();
  become_ordinary_user();
  // Nobody in the sandbox may look into the supervisor, whose environment and descriptors are Skillet's.
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) fail("dumpable");

  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, NULL);
  int channel[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) != 0) fail("socketpair");
  // Whose parent is gone becomes this process's child: what it wrote is counted here once it ends.
  if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) fail("subreaper");
  if (!start_meter(counts_calls())) fail("/proc");
  const pid_t supervisor = getpid(), keeper = getppid();
  pid_t skill = fork();
  if (skill < 0) fail("fork");
  if (skill == 0) {
    close(channel[0]);
    start_skill(channel[1], supervisor, keeper);
  }
  close(channel[1]);
  int listener = receive_descriptor(channel[0]);
  if (listener < 0) fail("listener");
  close(channel[0]);
  report_line("{\"type\":\"ready\",\"landlock\":%d}\n", landlock_version());
  await_engine();
  // The skill's own output must end with the skill.
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(nothing, 0), dup2(nothing, 1), dup2(nothing, 2);
  return supervise(skill, listener);
}
