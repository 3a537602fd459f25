// SPDX-License-Identifier: Apache-2.0
//
// What the processes of a run use together: memory, processes, bytes written to disk.
//
// Memory is what the run would give back by ending:
//   - each process's own pages, swapped ones too, and the tables that map them. Processes that were forked share pages:
//     only when the plain sum is over the limit are shared pages told apart, since that takes a walk through all of them
//   - the files in the private /tmp and /dev/shm, mapped or not
//   - what waits in sockets and pipes
//   - what the kernel itself put aside beyond SLACK since the start: records of mappings, locks, watches. That figure is
//     the whole computer's and belongs to no process, so it counts for the limit but is not reported as the run's.
// Pages of other files are the kernel's cache, which it can drop.
//
// Bytes written are counted by the kernel as they become due to be stored, whether they came from write or from a
// mapping. A process that ends hands its count to whoever reaps it: this one does where nobody else did. A parent that
// declines to (SIGCHLD ignored) makes the count of a short life vanish, so the lasting growth of the folders is looked
// at as soon as the disk has lost more than the limit.

#ifndef SKILLET_USAGE_H
#define SKILLET_USAGE_H

#include <dirent.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/types.h>
#include <unistd.h>

typedef unsigned long long bytes_t;

enum { PIPE_BYTES = 65536, LOST_SOCKET_BYTES = 256 * 1024, NAME_BYTES = 1024, FORKED_AT_MOST = 8, SCRATCH_PLACES = 2 };
static const bytes_t SLACK = 48ULL << 20;

struct usage {
  bytes_t memory;  // of the run itself, at most
  bytes_t sure;    // at least
  bytes_t kernel;  // beyond SLACK, the whole computer's
  unsigned tasks;  // processes and threads, which is what RLIMIT_NPROC counts
  bytes_t written;
  bool shared;     // pages had to be told apart, which is slow
};

static struct {
  int proc;                // descriptor of /proc
  int diagnosis;           // netlink socket, -1 where the kernel has none
  unsigned first_sockets;  // there before the skill
  bytes_t first_slab, slab;
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

/** `told`: what is known to be used already. More than that is worth a slow look at what is shared, if `slow` allows. */
static struct usage measure(DIR *proc, bytes_t limit, bytes_t told, bool slow, bool disk) {
  struct usage total = {0};
  const pid_t self = getpid();
  char text[4096];
  bytes_t plain = 0, largest = 0, descriptors = 0;
  rewinddir(proc);
  for (struct dirent *entry; (entry = readdir(proc));) {
    if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
    const pid_t pid = (pid_t)atoi(entry->d_name);
    if (pid == 1) continue;
    if (disk) total.written += written_by(entry->d_name); // this process's own are those of the processes that it reaped
    if (pid == self || !read_proc_of(entry->d_name, "status", text, sizeof text)) continue;
    total.tasks += (unsigned)number_after(text, "\nThreads:");
    const bytes_t own = 1024 * (number_after(text, "\nRssAnon:") + number_after(text, "\nVmSwap:") + number_after(text, "\nVmPTE:"));
    plain += own;
    if (own > largest) largest = own;
    if (meter.pipes * PIPE_BYTES <= limit / 64) continue;
    char folder[64];
    struct stat there;
    snprintf(folder, sizeof folder, "%.20s/fd", entry->d_name);
    if (fstatat(meter.proc, folder, &there, 0) == 0) descriptors += there.st_size > 0 ? (bytes_t)there.st_size : 256;
  }
  const bytes_t pipes = descriptors / 2 < meter.pipes ? descriptors / 2 : meter.pipes;
  const bytes_t sockets = socket_bytes(), beside = used_in("/tmp") + used_in("/dev/shm") + sockets + pipes * PIPE_BYTES;
  const bytes_t put_aside = sockets + SLACK + meter.first_slab;
  if (meter.slab > put_aside) total.kernel = meter.slab - put_aside;
  total.memory = plain + beside;
  total.sure = largest + beside;
  // Beyond some multiple nobody can be told apart in time: that many copies of a page are a way to hide.
  const bool over = total.memory + total.kernel > limit;
  if (plain > FORKED_AT_MOST * limit || !(over || (slow && plain > largest && total.memory > told))) return total;

  total.shared = over;
  bytes_t apart = 0;
  rewinddir(proc);
  for (struct dirent *entry; (entry = readdir(proc));) {
    if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
    const pid_t pid = (pid_t)atoi(entry->d_name);
    if (pid == 1 || pid == self || !read_proc_of(entry->d_name, "status", text, sizeof text)) continue;
    const bytes_t own = number_after(text, "\nRssAnon:") + number_after(text, "\nVmSwap:"), tables = number_after(text, "\nVmPTE:");
    const bool known = read_proc_of(entry->d_name, "smaps_rollup", text, sizeof text) && strstr(text, "\nPss_Anon:");
    apart += 1024 * (tables + (known ? number_after(text, "\nPss_Anon:") + number_after(text, "\nSwapPss:") : own));
  }
  total.memory = total.sure = apart + beside;
  return total;
}

#endif
