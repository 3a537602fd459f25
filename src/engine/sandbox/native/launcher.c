// SPDX-License-Identifier: Apache-2.0
//
// The last step between bubblewrap and a skill, and the skill's supervisor while it runs.
//
// bubblewrap can build the file tree and the namespaces, but it cannot mount noexec, bind a socket inside the
// network namespace, restrict which programs may start, or tell what was refused. This program does, in order:
//
//   1. remounts everything that a skill could write or bring along as noexec
//   2. listens on 127.0.0.1 inside the sandbox and hands that socket to Skillet, the only way out
//   3. becomes an ordinary user in a user namespace of its own and drops every capability
//   4. starts the skill under resource limits, Landlock (programs that may start) and seccomp (system calls)
//   5. answers seccomp notifications: each file, program and address that the skill names is compared with what
//      the sandbox allows, and what fails is reported. Reporting only: the answer is always "continue", so that
//      the kernel, the mounts and Landlock decide, and a race with the skill's memory can spoil a report but
//      never a decision.
//   6. holds the process tree to its memory limit and to its number of processes
//
// Options:  --ipc FD  --report FD  --port N  --direct PORT…  --memory BYTES  --processes N  --files N  --file-size BYTES
//           --lookups 0|1  --wait 0|1  --noexec PATH…  --program PATH…  -- COMMAND ARG…
// --lookups watches stat and access too: a shell asks by these whether a program exists before it starts one.
// --direct: a port of approved hosts, for programs that know no proxy: whoever connects to an address of 127.0.0.0/8
// there is taken for a connection to the host that /etc/hosts gives that address.
// --wait 1: the sandbox is completed and reported as ready, but the skill's first instruction waits until the engine
// writes one byte, "g", into the report channel, which is a socket. Any other byte, or the channel's end, and the skill
// never starts (exit status 125). The pause costs nothing: the skill's own execve is the first call that the supervisor
// is asked about, and it isn't answered before.
// All of this may come from a descriptor instead, NUL-terminated each: --words FD.
// Reports are JSON lines on the report descriptor. Exit status: the skill's own; 128+N for a signal; 125 when the
// sandbox could not be completed (the skill was then never started).

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
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

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#error "no system call filter was written for this architecture"
#endif

// Newer than some of the headers that this must compile with.
#ifndef __NR_memfd_secret
#define __NR_memfd_secret 447
#endif
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef __NR_clone3
#define __NR_clone3 435
#endif
#ifndef __NR_openat2
#define __NR_openat2 437
#endif
#ifndef __NR_pidfd_getfd
#define __NR_pidfd_getfd 438
#endif
#ifndef __NR_faccessat2
#define __NR_faccessat2 439
#endif
#ifndef __NR_process_madvise
#define __NR_process_madvise 440
#endif
#ifndef __NR_mount_setattr
#define __NR_mount_setattr 442
#endif
#ifndef __NR_quotactl_fd
#define __NR_quotactl_fd 443
#endif

enum { MAX_PATHS = 4096, MAX_DIRECT = 64, TICK_MS = 10, MAX_REPORTS = 2000, REMEMBERED = 512 };

struct options {
  int ipc, report, port;
  unsigned long long memory, file_size;
  unsigned long processes, files;
  bool lookups, wait;
  int direct[MAX_DIRECT], direct_count;
  const char *noexec[MAX_PATHS], *program[MAX_PATHS];
  int noexec_count, program_count;
  char **command;
};
static struct options options = {.ipc = -1, .report = -1};

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

// --- 1. noexec -----------------------------------------------------------------------------------------------

static void mount_noexec(const char *path) {
  struct statvfs now;
  if (statvfs(path, &now) != 0) fail("noexec stat");
  unsigned long flags = MS_REMOUNT | MS_BIND | MS_NOEXEC | MS_NOSUID | MS_NODEV;
  if (now.f_flag & ST_RDONLY) flags |= MS_RDONLY;
  if (now.f_flag & ST_NOATIME) flags |= MS_NOATIME;
  if (now.f_flag & ST_NODIRATIME) flags |= MS_NODIRATIME;
  if (now.f_flag & ST_RELATIME) flags |= MS_RELATIME;
  if (mount(NULL, path, NULL, flags, NULL) != 0) fail("noexec mount");
}

// --- 2. the listening socket ---------------------------------------------------------------------------------

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

/** The proxy; where hosts are approved also their ports on all of 127.0.0.0/8, where their addresses lie, and their names. */
static void hand_over_listeners(void) {
  hand_over_listener(options.port, INADDR_LOOPBACK);
  for (int i = 0; i < options.direct_count; i++) hand_over_listener(options.direct[i], INADDR_ANY);
  if (options.direct_count) hand_over_name_server();
}

/** Node acknowledges each; until then, and until the engine says so where it wants to be waited for, nothing starts. */
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
  if (!options.wait) return;
  do n = read(options.report, &word, 1);
  while (n < 0 && errno == EINTR);
  if (n != 1 || word != 'g') _exit(125);
}

// --- 3. an ordinary user without capabilities ----------------------------------------------------------------

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

// --- 4. limits, Landlock, seccomp ----------------------------------------------------------------------------

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

static void allow_only_listed_programs(int version) {
  struct landlock_ruleset_attr handled = {.handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE};
  // Unless a ruleset speaks of it, Landlock forbids moving files between folders altogether (version 1 always does).
  if (version >= 2) handled.handled_access_fs |= LANDLOCK_ACCESS_FS_REFER;
  int ruleset = (int)syscall(__NR_landlock_create_ruleset, &handled, sizeof handled, 0);
  if (ruleset < 0) fail("landlock ruleset");
  if (version >= 2) allow_beneath(ruleset, "/", LANDLOCK_ACCESS_FS_REFER);
  for (int i = 0; i < options.program_count; i++) allow_beneath(ruleset, options.program[i], LANDLOCK_ACCESS_FS_EXECUTE);
  if (syscall(__NR_landlock_restrict_self, ruleset, 0) != 0) fail("landlock");
  close(ruleset);
}

#define LOW(n) (offsetof(struct seccomp_data, args[n]))
#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (offset))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, (value))
#define DENY(error) RETURN(SECCOMP_RET_ERRNO | ((error)&SECCOMP_RET_DATA))
#define ON(number, action) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), action
#define NEW_NAMESPACES (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | 0x80)

// Which system calls a skill never needs, and which ones are told to the supervisor.
// After Flatpak's and systemd's lists; every entry is reachable surface that was an escape in the past.
static int install_filter(pid_t supervisor) {
  const uint32_t watch = SECCOMP_RET_USER_NOTIF, lookup = options.lookups ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ALLOW;
  struct sock_filter program[] = {
    LOAD(offsetof(struct seccomp_data, arch)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0),
    RETURN(SECCOMP_RET_KILL_PROCESS),
    LOAD(offsetof(struct seccomp_data, nr)),
#ifdef __x86_64__
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
    RETURN(SECCOMP_RET_KILL_PROCESS),
#endif
    // Absent as far as the skill can tell: callers fall back to the older calls.
    ON(__NR_clone3, DENY(ENOSYS)),
    ON(__NR_io_uring_setup, DENY(ENOSYS)),
    ON(__NR_io_uring_enter, DENY(ENOSYS)),
    ON(__NR_io_uring_register, DENY(ENOSYS)),
    ON(__NR_fsopen, DENY(ENOSYS)),
    ON(__NR_fsconfig, DENY(ENOSYS)),
    ON(__NR_fsmount, DENY(ENOSYS)),
    ON(__NR_fspick, DENY(ENOSYS)),
    ON(__NR_open_tree, DENY(ENOSYS)),
    ON(__NR_move_mount, DENY(ENOSYS)),
    ON(__NR_mount_setattr, DENY(ENOSYS)),
    ON(__NR_process_madvise, DENY(ENOSYS)),
    ON(__NR_quotactl_fd, DENY(ENOSYS)),
    // Memory that belongs to no process escapes the memory limit; a memfd could be executed, too.
    ON(__NR_memfd_create, DENY(ENOSYS)),
    ON(__NR_memfd_secret, DENY(ENOSYS)),
    ON(__NR_shmget, DENY(ENOSYS)),
    ON(__NR_msgget, DENY(ENOSYS)),
    ON(__NR_semget, DENY(ENOSYS)),
    // Forbidden.
    ON(__NR_mount, DENY(EPERM)),
    ON(__NR_umount2, DENY(EPERM)),
    ON(__NR_pivot_root, DENY(EPERM)),
    ON(__NR_chroot, DENY(EPERM)),
    ON(__NR_setns, DENY(EPERM)),
    ON(__NR_unshare, DENY(EPERM)),
    ON(__NR_ptrace, DENY(EPERM)),
    ON(__NR_process_vm_readv, DENY(EPERM)),
    ON(__NR_process_vm_writev, DENY(EPERM)),
    ON(__NR_pidfd_getfd, DENY(EPERM)),
    ON(__NR_kcmp, DENY(EPERM)),
    ON(__NR_bpf, DENY(EPERM)),
    ON(__NR_perf_event_open, DENY(EPERM)),
    ON(__NR_userfaultfd, DENY(EPERM)),
    ON(__NR_keyctl, DENY(EPERM)),
    ON(__NR_add_key, DENY(EPERM)),
    ON(__NR_request_key, DENY(EPERM)),
    ON(__NR_kexec_load, DENY(EPERM)),
#ifdef __NR_kexec_file_load
    ON(__NR_kexec_file_load, DENY(EPERM)),
#endif
    ON(__NR_init_module, DENY(EPERM)),
    ON(__NR_finit_module, DENY(EPERM)),
    ON(__NR_delete_module, DENY(EPERM)),
    ON(__NR_open_by_handle_at, DENY(EPERM)),
    ON(__NR_name_to_handle_at, DENY(EPERM)),
    ON(__NR_syslog, DENY(EPERM)),
    ON(__NR_acct, DENY(EPERM)),
    ON(__NR_quotactl, DENY(EPERM)),
    ON(__NR_swapon, DENY(EPERM)),
    ON(__NR_swapoff, DENY(EPERM)),
    ON(__NR_reboot, DENY(EPERM)),
    ON(__NR_settimeofday, DENY(EPERM)),
    ON(__NR_clock_settime, DENY(EPERM)),
    ON(__NR_clock_adjtime, DENY(EPERM)),
    ON(__NR_adjtimex, DENY(EPERM)),
    ON(__NR_sethostname, DENY(EPERM)),
    ON(__NR_setdomainname, DENY(EPERM)),
    ON(__NR_nfsservctl, DENY(EPERM)),
    ON(__NR_lookup_dcookie, DENY(EPERM)),
    ON(__NR_fanotify_init, DENY(EPERM)),
    ON(__NR_move_pages, DENY(EPERM)),
    ON(__NR_migrate_pages, DENY(EPERM)),
    ON(__NR_mbind, DENY(EPERM)),
    ON(__NR_set_mempolicy, DENY(EPERM)),
    ON(__NR_vhangup, DENY(EPERM)),
    ON(__NR_pidfd_send_signal, DENY(EPERM)),
    ON(__NR_rt_sigqueueinfo, DENY(EPERM)),
    ON(__NR_rt_tgsigqueueinfo, DENY(EPERM)),
#ifdef __x86_64__
    ON(__NR_iopl, DENY(EPERM)),
    ON(__NR_ioperm, DENY(EPERM)),
    ON(__NR_modify_ldt, DENY(EPERM)),
    ON(__NR_uselib, DENY(EPERM)),
    ON(__NR_ustat, DENY(EPERM)),
    ON(__NR_sysfs, DENY(EPERM)),
#endif
    // Told to the supervisor, then decided by the kernel.
    ON(__NR_openat, RETURN(watch)),
    ON(__NR_openat2, RETURN(watch)),
    ON(__NR_execve, RETURN(watch)),
    ON(__NR_execveat, RETURN(watch)),
    ON(__NR_connect, RETURN(watch)),
    ON(__NR_mkdirat, RETURN(watch)),
    ON(__NR_unlinkat, RETURN(watch)),
    ON(__NR_renameat2, RETURN(watch)),
    ON(__NR_linkat, RETURN(watch)),
    ON(__NR_symlinkat, RETURN(watch)),
    ON(__NR_truncate, RETURN(watch)),
    ON(__NR_newfstatat, RETURN(lookup)),
    ON(__NR_faccessat, RETURN(lookup)),
    ON(__NR_faccessat2, RETURN(lookup)),
#ifdef __NR_renameat
    ON(__NR_renameat, RETURN(watch)),
#endif
#ifdef __x86_64__
    ON(__NR_stat, RETURN(lookup)),
    ON(__NR_access, RETURN(lookup)),
    ON(__NR_open, RETURN(watch)),
    ON(__NR_creat, RETURN(watch)),
    ON(__NR_mkdir, RETURN(watch)),
    ON(__NR_rmdir, RETURN(watch)),
    ON(__NR_unlink, RETURN(watch)),
    ON(__NR_rename, RETURN(watch)),
    ON(__NR_link, RETURN(watch)),
    ON(__NR_symlink, RETURN(watch)),
#endif
    // clone: no new namespace of any kind.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone, 0, 4),
    LOAD(LOW(0)),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, NEW_NAMESPACES & ~0x80, 0, 1),
    DENY(EPERM),
    RETURN(SECCOMP_RET_ALLOW),
    // socket: internet only. No Unix sockets (agents, D-Bus, X11), no netlink, packet or vsock.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_socket, 0, 7),
    LOAD(LOW(0)),
    ON(AF_INET, BPF_STMT(BPF_JMP | BPF_JA, 3)),
    ON(AF_INET6, RETURN(SECCOMP_RET_ALLOW)),
    DENY(EPERM),
    RETURN(SECCOMP_RET_ALLOW),
    // ioctl: nothing may be typed into a terminal.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_ioctl, 0, 10),
    LOAD(LOW(1)),
    ON(0x5412 /* TIOCSTI */, DENY(EPERM)),
    ON(0x541C /* TIOCLINUX */, DENY(EPERM)),
    ON(0x8901 /* FIOSETOWN */, DENY(EPERM)),
    ON(0x8902 /* SIOCSPGRP */, DENY(EPERM)),
    RETURN(SECCOMP_RET_ALLOW),
    // fcntl: a file whose owner is the supervisor would send it signals, SIGSTOP included.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_fcntl, 0, 8),
    LOAD(LOW(1)),
    ON(8 /* F_SETOWN */, DENY(EPERM)),
    ON(10 /* F_SETSIG */, DENY(EPERM)),
    ON(15 /* F_SETOWN_EX */, DENY(EPERM)),
    RETURN(SECCOMP_RET_ALLOW),
    // Scheduling: one's own is free, the supervisor's is not, and a user's or group's would include it.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_setpriority, 0, 7),
    LOAD(LOW(0)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0 /* PRIO_PROCESS */, 1, 0),
    DENY(EPERM),
    LOAD(LOW(1)),
    ON((uint32_t)supervisor, DENY(EPERM)),
    RETURN(SECCOMP_RET_ALLOW),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_sched_setscheduler, 3, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_sched_setparam, 2, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_sched_setattr, 1, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_sched_setaffinity, 0, 4),
    LOAD(LOW(0)),
    ON((uint32_t)supervisor, DENY(EPERM)),
    RETURN(SECCOMP_RET_ALLOW),
    // mmap: no shared anonymous memory, which stays alive while no process counts its pages.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_mmap, 0, 5),
    LOAD(LOW(3)),
    BPF_STMT(BPF_ALU | BPF_AND | BPF_K, MAP_SHARED | MAP_ANONYMOUS),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MAP_SHARED | MAP_ANONYMOUS, 0, 1),
    DENY(EPERM),
    RETURN(SECCOMP_RET_ALLOW),
    // prctl: staying readable for the supervisor, or it could report nothing.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_prctl, 0, 4),
    LOAD(LOW(0)),
    ON(PR_SET_DUMPABLE, DENY(EPERM)),
    RETURN(SECCOMP_RET_ALLOW),
    // prlimit: only on oneself, so that the supervisor cannot be starved.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_prlimit64, 0, 4),
    LOAD(LOW(0)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
    DENY(EPERM),
    RETURN(SECCOMP_RET_ALLOW),
    // Signals: never to the supervisor, to the namespace's first process, or to everybody.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_kill, 2, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_tkill, 1, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_tgkill, 0, 9),
    LOAD(LOW(0)),
    ON((uint32_t)-1, DENY(EPERM)),
    ON(1, DENY(EPERM)),
    ON((uint32_t)supervisor, DENY(EPERM)),
    ON((uint32_t)-supervisor, DENY(EPERM)),
    RETURN(SECCOMP_RET_ALLOW),
  };
  struct sock_fprog filter = {.len = sizeof program / sizeof *program, .filter = program};
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
}

static void start_skill(int channel, pid_t supervisor) {
  if (setsid() < 0) fail("session");
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  // Busy skills must leave the supervisor, and the person's other programs, their share.
  setpriority(PRIO_PROCESS, 0, 5);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, options.files);
  limit(RLIMIT_FSIZE, options.file_size);
  limit(RLIMIT_MEMLOCK, 0);
  limit(RLIMIT_NPROC, options.processes + 1); // the supervisor counts as well
  if (landlock_version() > 0) allow_only_listed_programs(landlock_version());
  int listener = install_filter(supervisor);
  if (listener < 0) fail("seccomp");
  send_descriptor(channel, listener, "n");
  close(listener);
  close(channel);
  // The supervisor answers from here on; nothing but 0, 1 and 2 goes on to the skill.
  if (syscall(SYS_close_range, 3U, ~0U, 0U) != 0) _exit(125);
  execv(options.command[0], options.command);
  _exit(errno == ENOENT ? 127 : 126);
}

// --- 5. what the skill tried ---------------------------------------------------------------------------------

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

static void tell(const struct seccomp_notif *notification) {
  static char path[8192], second[8192];
  const pid_t pid = (pid_t)notification->pid;
  const __u64 *a = notification->data.args;
  uint64_t how[2];
  bool writes;
  switch (notification->data.nr) {
#ifdef __x86_64__
    case __NR_stat: case __NR_access:
      if (named_path(pid, AT_FDCWD, a[0], path, sizeof path)) tell_lookup(path);
      return;
    case __NR_open:
      if (!named_path(pid, AT_FDCWD, a[0], path, sizeof path)) return;
      writes = (a[1] & O_ACCMODE) != O_RDONLY || (a[1] & (O_CREAT | O_TRUNC));
      return writes ? tell_write(path) : tell_read(path);
    case __NR_creat: case __NR_mkdir: case __NR_rmdir: case __NR_unlink:
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
    case __NR_openat:
      if (!named_path(pid, (int)a[0], a[1], path, sizeof path)) return;
      writes = (a[2] & O_ACCMODE) != O_RDONLY || (a[2] & (O_CREAT | O_TRUNC));
      return writes ? tell_write(path) : tell_read(path);
    case __NR_openat2:
      if (!named_path(pid, (int)a[0], a[1], path, sizeof path) || !read_memory(pid, a[2], how, sizeof how)) return;
      writes = (how[0] & O_ACCMODE) != O_RDONLY || (how[0] & (O_CREAT | O_TRUNC));
      return writes ? tell_write(path) : tell_read(path);
    case __NR_truncate:
      if (named_path(pid, AT_FDCWD, a[0], path, sizeof path)) tell_write(path);
      return;
    case __NR_mkdirat: case __NR_unlinkat:
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
  }
}

// Called from a readable poll. A process that died meanwhile answers ENOENT, which is nobody's fault.
static void answer(int listener) {
  struct seccomp_notif request = {0};
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) != 0) return;
  tell(&request);
  struct seccomp_notif_resp response = {.id = request.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
  ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

// --- 6. memory and processes ---------------------------------------------------------------------------------

struct usage {
  unsigned long long bytes;
  unsigned tasks; // processes and threads, which is what RLIMIT_NPROC counts
};

static unsigned long long kilobytes_after(const char *text, const char *name) {
  const char *found = strstr(text, name);
  return found ? strtoull(found + strlen(name), NULL, 10) : 0;
}

static size_t read_proc(int proc, const char *pid, const char *file, char *out, size_t room) {
  char path[64];
  snprintf(path, sizeof path, "%.20s/%s", pid, file);
  int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t n = read(fd, out, room - 1);
  close(fd);
  if (n <= 0) return 0;
  out[n] = 0;
  return (size_t)n;
}

/**
 * Memory of every process here but this one and bubblewrap: its own pages and the tables that map them. Pages of plain
 * files are the kernel's cache, which it can drop.
 */
static struct usage measure(DIR *proc) {
  struct usage total = {0};
  const pid_t self = getpid();
  char text[4096];
  rewinddir(proc);
  for (struct dirent *entry; (entry = readdir(proc));) {
    if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
    pid_t pid = (pid_t)atoi(entry->d_name);
    if (pid == 1 || pid == self) continue;
    if (!read_proc(dirfd(proc), entry->d_name, "status", text, sizeof text)) continue;
    char tasks[64];
    struct stat folder;
    snprintf(tasks, sizeof tasks, "%.20s/task", entry->d_name);
    if (fstatat(dirfd(proc), tasks, &folder, 0) == 0) total.tasks += (unsigned)folder.st_nlink - 2;
    total.bytes += 1024 * (kilobytes_after(text, "RssAnon:") + kilobytes_after(text, "RssShmem:") + kilobytes_after(text, "VmPTE:"));
  }
  return total;
}

static long long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int supervise(pid_t skill, int listener) {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  int signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  DIR *proc = opendir("/proc");
  if (signals < 0 || !proc) fail("supervisor");
  unsigned long long peak = 0, told = 0;
  bool crowded = false;
  long long next_tick = now_ms() + TICK_MS;
  struct pollfd watched[2] = {{.fd = listener, .events = POLLIN}, {.fd = signals, .events = POLLIN}};

  for (;;) {
    long long wait = next_tick - now_ms();
    poll(watched, 2, wait > 0 ? (int)wait : 0);
    if (watched[0].revents & POLLIN) answer(listener);
    if (watched[0].revents & (POLLHUP | POLLERR)) watched[0].fd = -1;

    if (watched[1].revents & POLLIN) {
      struct signalfd_siginfo drained;
      while (read(signals, &drained, sizeof drained) > 0) {}
      int status;
      struct rusage used;
      for (pid_t gone; (gone = wait4(-1, &status, WNOHANG, &used)) > 0;) {
        if (gone != skill) continue;
        if (!peak) peak = 1024ULL * (unsigned long long)used.ru_maxrss; // ended before the first look
        int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0, code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + signal;
        report_line("{\"type\":\"exit\",\"code\":%d,\"signal\":%d,\"peak\":%llu}\n", code, signal, peak);
        return code;
      }
    }

    if (now_ms() < next_tick) continue;
    const struct usage usage = measure(proc);
    if (usage.bytes > peak) peak = usage.bytes;
    if (usage.bytes > options.memory) {
      report_line("{\"type\":\"memory\",\"peak\":%llu}\n", peak);
      return 137; // bubblewrap's first process ends with this one, and the kernel takes the whole tree with it
    }
    if (peak > told + told / 16 + (1 << 20)) {
      told = peak; // so that a run that is killed from outside leaves its figure behind
      report_line("{\"type\":\"peak\",\"peak\":%llu}\n", peak);
    }
    if (usage.tasks >= options.processes && !crowded) {
      crowded = true;
      report_line("{\"type\":\"processes\",\"count\":%u}\n", usage.tasks);
    }
    next_tick = now_ms() + TICK_MS;
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

static void parse_options(int count, char **words) {
  for (int i = 1; i + 1 < count; i += 2) {
    const char *name = words[i], *value = words[i + 1];
    if (!strcmp(name, "--")) {
      options.command = &words[i + 1];
      return;
    }
    if (!strcmp(name, "--ipc")) options.ipc = atoi(value);
    else if (!strcmp(name, "--report")) options.report = atoi(value);
    else if (!strcmp(name, "--port")) options.port = atoi(value);
    else if (!strcmp(name, "--direct") && options.direct_count < MAX_DIRECT) options.direct[options.direct_count++] = atoi(value);
    else if (!strcmp(name, "--memory")) options.memory = strtoull(value, NULL, 10);
    else if (!strcmp(name, "--processes")) options.processes = strtoul(value, NULL, 10);
    else if (!strcmp(name, "--files")) options.files = strtoul(value, NULL, 10);
    else if (!strcmp(name, "--file-size")) options.file_size = strtoull(value, NULL, 10);
    else if (!strcmp(name, "--lookups")) options.lookups = atoi(value) != 0;
    else if (!strcmp(name, "--wait")) options.wait = atoi(value) != 0;
    else if (!strcmp(name, "--noexec") && options.noexec_count < MAX_PATHS) options.noexec[options.noexec_count++] = value;
    else if (!strcmp(name, "--program") && options.program_count < MAX_PATHS) options.program[options.program_count++] = value;
    else break;
  }
  dprintf(2, "skillet-launcher: bad options\n");
  _exit(125);
}

int main(int count, char **words) {
  if (count == 3 && !strcmp(words[1], "--words")) words = read_words(atoi(words[2]), words[0], &count);
  parse_options(count, words);
  if (!options.memory || !options.processes || !options.files || options.report < 0 || options.ipc < 0) {
    dprintf(2, "skillet-launcher: missing options\n");
    _exit(125);
  }
  fcntl(options.report, F_SETFD, FD_CLOEXEC);
  fcntl(options.ipc, F_SETFD, FD_CLOEXEC);
  for (int i = 0; i < options.noexec_count; i++) mount_noexec(options.noexec[i]);
  hand_over_listeners();
  become_ordinary_user();
  // Nobody in the sandbox may look into the supervisor, whose environment and descriptors are Skillet's.
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) fail("dumpable");

  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, NULL);
  int channel[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) != 0) fail("socketpair");
  const pid_t supervisor = getpid();
  pid_t skill = fork();
  if (skill < 0) fail("fork");
  if (skill == 0) {
    close(channel[0]);
    start_skill(channel[1], supervisor);
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
