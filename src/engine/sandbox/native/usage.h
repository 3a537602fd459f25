// SPDX-License-Identifier: Apache-2.0
//
// What the processes of a run use together: memory, processes, bytes written to disk.
//
// Memory is what the run would give back by ending:
//   - each process's own pages, swapped ones too, and the tables that map them. Processes that were forked share pages:
//     only when the plain sum is over the limit are shared pages told apart, since that takes a walk through all of them.
//     The walk has as much time as honest processes take for it; where it runs out, the plain sum decides
//   - the files in the private /tmp and /dev/shm, mapped or not
//   - what waits in sockets and pipes
//   - what the kernel itself put aside beyond SLACK since the start: records of mappings, locks, watches. That figure is
//     the whole computer's, so no more of it is charged than these processes can have caused, and it counts for the limit
//     but is not reported as the run's.
// Pages of other files are the kernel's cache, which it can drop.
//
// Bytes written are counted by the kernel as they become due to be stored, whether they came from write or from a
// mapping. A process that ends hands its count to whoever reaps it: this one does where nobody else did. A parent that
// declines to (SIGCHLD ignored) makes the count of a short life vanish: only then does what the disk has lost count.
// What lies in memory and is mapped is counted by nobody either: there it is what the file system has grown by.

#ifndef SKILLET_USAGE_H
#define SKILLET_USAGE_H

#include <dirent.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

typedef unsigned long long bytes_t;

enum { PIPE_BYTES = 65536, LOST_SOCKET_BYTES = 256 * 1024, NAME_BYTES = 1024, FORKED_AT_MOST = 8, RECORD_BYTES = 512, MANY_MAPPINGS = 2048 };
static const bytes_t SLACK = 48ULL << 20;

struct usage {
  bytes_t memory;  // of the run itself, at most
  bytes_t sure;    // at least
  bytes_t kernel;  // beyond SLACK, at most
  unsigned tasks;  // processes and threads, which is what RLIMIT_NPROC counts
  bytes_t written;
  bool shared;     // pages had to be told apart, which is slow
};

static struct {
  int proc;                // descriptor of /proc
  int diagnosis;           // netlink socket, -1 where the kernel has none
  unsigned first_sockets;  // there before the skill
  bytes_t first_slab, slab;
  bytes_t most_mappings;   // that one process may have
  bytes_t records, rules;  // locks and Landlock rules made so far
  bool forgets;            // a process has ignored the end of its children, and what they wrote with it
  bool counts_calls;       // a file system that is not told about cached pages (FUSE, 9p, one in memory)
  unsigned long pipes;     // made so far
  bytes_t named;           // what the names made so far may cost a disk; counts for the limit, is not reported
} meter = {.proc = -1, .diagnosis = -1};

static bytes_t number_after(const char *text, const char *name) {
  const char *found = strstr(text, name);
  return found ? strtoull(found + strlen(name), NULL, 10) : 0;
}

static size_t read_proc(const char *path, char *out, size_t room) {
  int fd = openat(meter.proc, path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t n = read(fd, out, room - 1);
  close(fd);
  if (n <= 0) return 0;
  out[n] = 0;
  return (size_t)n;
}

static size_t read_proc_of(const char *pid, const char *file, char *out, size_t room) {
  char path[64];
  snprintf(path, sizeof path, "%.20s/%s", pid, file);
  return read_proc(path, out, room);
}

static bytes_t used_in(const char *mount) {
  struct statfs now;
  if (statfs(mount, &now) != 0) return 0;
  return (bytes_t)(now.f_blocks - now.f_bfree) * (bytes_t)now.f_bsize;
}

// --- sockets -------------------------------------------------------------------------------------------------

static unsigned sockets_there(void) {
  char text[512];
  return read_proc("self/net/sockstat", text, sizeof text) ? (unsigned)number_after(text, "sockets: used") : 0;
}

/** Asks for one family's sockets; adds the memory of each to `total` and their number to `listed`. False: can't be asked. */
static bool ask_sockets(const void *question, size_t length, unsigned short attribute, size_t header, bytes_t *total, unsigned *listed) {
  if (send(meter.diagnosis, question, length, 0) != (ssize_t)length) return false;
  static char answer[1 << 16] __attribute__((aligned(8)));
  for (;;) {
    ssize_t got = recv(meter.diagnosis, answer, sizeof answer, 0);
    if (got <= 0) return false;
    unsigned left = (unsigned)got;
    for (struct nlmsghdr *message = (struct nlmsghdr *)answer; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
      if (message->nlmsg_type == NLMSG_DONE) return true;
      if (message->nlmsg_type == NLMSG_ERROR) return false;
      ++*listed;
      const char *end = (const char *)message + message->nlmsg_len;
      for (const char *at = (const char *)NLMSG_DATA(message) + NLMSG_ALIGN(header); at + sizeof(struct nlattr) <= end;) {
        struct nlattr entry;
        memcpy(&entry, at, sizeof entry);
        if (entry.nla_len < sizeof entry || at + entry.nla_len > end) break;
        uint32_t memory[SK_MEMINFO_VARS] = {0};
        if (entry.nla_type == attribute && entry.nla_len >= sizeof entry + (SK_MEMINFO_BACKLOG + 1) * sizeof(uint32_t)) {
          size_t size = entry.nla_len - sizeof entry;
          memcpy(memory, at + sizeof entry, size < sizeof memory ? size : sizeof memory);
          *total += memory[SK_MEMINFO_RMEM_ALLOC] + memory[SK_MEMINFO_FWD_ALLOC] + memory[SK_MEMINFO_BACKLOG];
          *total += memory[SK_MEMINFO_WMEM_ALLOC] > memory[SK_MEMINFO_WMEM_QUEUED] ? memory[SK_MEMINFO_WMEM_ALLOC] : memory[SK_MEMINFO_WMEM_QUEUED];
        }
        at += NLA_ALIGN(entry.nla_len);
      }
    }
  }
}

/** Bytes that wait in the sockets of this network namespace. */
static bytes_t socket_bytes(void) {
  const unsigned there = sockets_there();
  if (there <= meter.first_sockets) return 0;
  bytes_t total = 0;
  unsigned listed = 0;
  struct {
    struct nlmsghdr header;
    struct unix_diag_req request;
  } local = {
    .header = {.nlmsg_len = sizeof local, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
    .request = {.sdiag_family = AF_UNIX, .udiag_states = ~0U, .udiag_show = UDIAG_SHOW_MEMINFO},
  };
  bool known = meter.diagnosis >= 0 && ask_sockets(&local, sizeof local, UNIX_DIAG_MEMINFO, sizeof(struct unix_diag_msg), &total, &listed);
  for (int kind = 0; known && kind < 4; kind++) {
    struct {
      struct nlmsghdr header;
      struct inet_diag_req_v2 request;
    } internet = {
      .header = {.nlmsg_len = sizeof internet, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
      .request = {.sdiag_family = kind & 1 ? AF_INET6 : AF_INET, .sdiag_protocol = kind & 2 ? IPPROTO_UDP : IPPROTO_TCP, .idiag_ext = 1 << (INET_DIAG_SKMEMINFO - 1), .idiag_states = ~0U},
    };
    // A kernel without one of these protocols has no sockets of it.
    ask_sockets(&internet, sizeof internet, INET_DIAG_SKMEMINFO, sizeof(struct inet_diag_msg), &total, &listed);
  }
  // Closed by its owner while what it sent still waits at the other end: alive, but in no list.
  const unsigned others = meter.first_sockets + (known ? listed : 0);
  return total + (there > others ? (bytes_t)(there - others) * LOST_SOCKET_BYTES : 0);
}

// --- the whole tree ------------------------------------------------------------------------------------------

/** Before the skill exists. `calls`: count what is handed to the kernel to be written, where that is all that is known. */
static bool start_meter(bool calls) {
  meter.proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (meter.proc < 0) return false;
  meter.counts_calls = calls;
  meter.diagnosis = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  meter.first_sockets = sockets_there();
  char own[512];
  meter.most_mappings = read_proc("sys/vm/max_map_count", own, sizeof own) ? strtoull(own, NULL, 10) : 65530;
  return read_proc("self/io", own, sizeof own) > 0; // a kernel that doesn't count what is written can't be held to a limit
}

/** The kernel's own memory is looked at now and then only: the file is slow to make. */
static void look_at_kernel(void) {
  char text[4096];
  if (!read_proc("meminfo", text, sizeof text)) return;
  meter.slab = 1024 * (number_after(text, "SUnreclaim:") + number_after(text, "KernelStack:"));
  if (!meter.first_slab || meter.slab < meter.first_slab) meter.first_slab = meter.slab;
}

static bytes_t written_by(const char *pid) {
  char text[512];
  if (!read_proc_of(pid, "io", text, sizeof text)) return 0;
  return number_after(text, "\nwrite_bytes:") + (meter.counts_calls ? number_after(text, "wchar:") : 0);
}

static long long nanoseconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (long long)now.tv_sec * 1000000000 + now.tv_nsec;
}

/** What is cheap to know of a process, from its `status`; it is there without waiting for the process. */
struct process {
  bytes_t pages, tables, mappings, descriptors, tasks;
};

static bool look_at(const char *pid, struct process *out) {
  char text[4096];
  if (!read_proc_of(pid, "status", text, sizeof text)) return false;
  const char *ignored = strstr(text, "\nSigIgn:\t");
  if (ignored && strtoull(ignored + 9, NULL, 16) >> (SIGCHLD - 1) & 1) meter.forgets = true;
  const bytes_t most = number_after(text, "\nVmSize:") / 4; // a mapping is a page at least
  *out = (struct process){
    .pages = 1024 * (number_after(text, "\nRssAnon:") + number_after(text, "\nVmSwap:")),
    .tables = 1024 * number_after(text, "\nVmPTE:"),
    .mappings = most < meter.most_mappings ? most : meter.most_mappings,
    .descriptors = number_after(text, "\nFDSize:"),
    .tasks = number_after(text, "\nThreads:"),
  };
  return true;
}

/** The kernel's memory behind a process, at most: each mapping may be linked with every process that it was forked from. */
static bytes_t behind(const struct process *one, bytes_t processes) {
  const bytes_t watches = one->descriptors * one->descriptors / 4;
  return one->mappings * (RECORD_BYTES + 128 * processes) + one->tasks * 32768 + one->descriptors * 4096 + watches * RECORD_BYTES / 2;
}

struct sum {
  bytes_t plain, largest, beside, processes, caused, grown;
  struct usage usage;
};

static bytes_t charged(const struct sum *sum, bytes_t caused) {
  const bytes_t most = caused < sum->grown ? caused : sum->grown;
  return most > SLACK ? most - SLACK : 0;
}

/** 1, which is nobody's of the run, for what is no process. */
static pid_t process_of(const struct dirent *entry) {
  return entry->d_name[0] < '0' || entry->d_name[0] > '9' ? 1 : (pid_t)atoi(entry->d_name);
}

/** All that needs no walk through anything. */
static struct sum add_up(DIR *proc, bytes_t limit, bool disk) {
  struct sum sum = {0};
  struct process one, all = {0};
  bytes_t descriptors = 0;
  rewinddir(proc);
  for (struct dirent *entry; (entry = readdir(proc));) {
    const pid_t pid = process_of(entry);
    if (pid == 1) continue;
    if (disk) sum.usage.written += written_by(entry->d_name); // this process's own are those of the processes that it reaped
    if (pid == getpid() || !look_at(entry->d_name, &one)) continue;
    sum.processes++;
    sum.usage.tasks += (unsigned)one.tasks;
    sum.plain += one.pages + one.tables;
    if (one.pages + one.tables > sum.largest) sum.largest = one.pages + one.tables;
    all.mappings += one.mappings;
    sum.caused += behind(&one, 0) - one.mappings * RECORD_BYTES;
    if (meter.pipes * PIPE_BYTES <= limit / 64) continue;
    char folder[64];
    struct stat there;
    snprintf(folder, sizeof folder, "%.20s/fd", entry->d_name);
    if (fstatat(meter.proc, folder, &there, 0) == 0) descriptors += there.st_size > 0 ? (bytes_t)there.st_size : 256;
  }
  const bytes_t pipes = descriptors / 2 < meter.pipes ? descriptors / 2 : meter.pipes, sockets = socket_bytes();
  sum.beside = used_in("/tmp") + used_in("/dev/shm") + sockets + pipes * PIPE_BYTES;
  sum.caused += meter.records;
  sum.grown = meter.slab > sockets + meter.first_slab ? meter.slab - sockets - meter.first_slab : 0;
  sum.usage.memory = sum.plain + sum.beside;
  sum.usage.sure = sum.largest + sum.beside;
  sum.usage.kernel = charged(&sum, sum.caused + behind(&all, sum.processes));
  return sum;
}

/** MANY_MAPPINGS: so many or more. */
static bytes_t mappings_of(const char *pid) {
  static char text[1 << 12];
  char path[64];
  bytes_t lines = 0;
  snprintf(path, sizeof path, "%.20s/maps", pid);
  int fd = openat(meter.proc, path, O_RDONLY | O_CLOEXEC);
  for (ssize_t n; fd >= 0 && lines < MANY_MAPPINGS && (n = read(fd, text, sizeof text)) > 0;)
    for (ssize_t i = 0; i < n; i++) lines += text[i] == '\n';
  if (fd >= 0) close(fd);
  return lines < MANY_MAPPINGS ? lines : MANY_MAPPINGS;
}

/**
 * `told`: what is known to be used already. More than that is worth a slow look at what is shared, if `slow` allows.
 * A skill can make that look as slow as it likes: many mappings, a process that is busy with them. So those that have
 * many are not looked into, and what the others may take is limited by what honest ones need.
 */
static struct usage measure(DIR *proc, bytes_t limit, bytes_t told, bool slow, bool disk) {
  const struct sum sum = add_up(proc, limit, disk);
  struct usage total = sum.usage;
  // Beyond some multiple nobody can be told apart in time: that many copies of a page are a way to hide.
  const bool over = total.memory + total.kernel > limit;
  if (sum.plain > FORKED_AT_MOST * limit || total.sure > limit) return total;
  if (!(over || (slow && sum.plain > sum.largest && total.memory > told))) return total;

  const long long began = nanoseconds(CLOCK_MONOTONIC), worked = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
  const long long most = 5000000 + 250000 * (long long)sum.processes + (over ? (long long)(sum.plain / 50) : 0);
  long long looked = began;
  bytes_t apart = 0, caused = sum.caused;
  DIR *again = opendir("/proc");
  if (!again) return total;
  for (struct dirent *entry; (entry = readdir(again));) {
    const pid_t pid = process_of(entry);
    struct process one;
    if (pid == 1 || pid == getpid() || !look_at(entry->d_name, &one)) continue;
    const long long now = nanoseconds(CLOCK_MONOTONIC);
    bool late = now - began > 4 * most || nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - worked > most;
    if (!late && now - looked > 3000000) {
      const struct sum now_sum = add_up(proc, limit, false);
      looked = nanoseconds(CLOCK_MONOTONIC);
      late = now_sum.usage.sure > limit || now_sum.plain > FORKED_AT_MOST * limit || (!over && now_sum.usage.memory > limit);
      if (late && now_sum.usage.sure > total.sure) total.sure = now_sum.usage.sure;
      if (now_sum.usage.sure > limit) total.memory = now_sum.usage.sure;
    }
    if (late) {
      closedir(again);
      return total;
    }
    const bytes_t mappings = mappings_of(entry->d_name);
    const bool many = mappings >= MANY_MAPPINGS;
    if (!many) one.mappings = mappings;
    caused += one.mappings * (RECORD_BYTES + 128 * sum.processes);
    char text[4096];
    const bool known = !many && sum.plain > sum.largest && read_proc_of(entry->d_name, "smaps_rollup", text, sizeof text) && strstr(text, "\nPss_Anon:");
    apart += one.tables + (known ? 1024 * (number_after(text, "\nPss_Anon:") + number_after(text, "\nSwapPss:")) : one.pages);
  }
  closedir(again);
  total.shared = over;
  total.memory = apart + sum.beside;
  if (total.memory > total.sure) total.sure = total.memory;
  total.kernel = charged(&sum, caused);
  return total;
}

#endif
