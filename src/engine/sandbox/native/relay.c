// SPDX-License-Identifier: Apache-2.0
//
// Moves what a site answers to the program that asked, for large answers: the kernel passes the pages on through a pipe
// (splice(2)), and no byte of them ever comes into this process. Skillet has judged the connection before, keeps its
// other direction, and counts here what it would have counted itself.
//
// Descriptor 3 is Node's own IPC channel: lines of JSON. From Skillet, `N` being a number of its own:
//   "N from"  with a socket: what is read from it …
//   "N to"    with a socket: … goes into this one, from now on
//   "N stop"  no more of it is moved
//   "end"     the same for all, and then this process ends
// To Skillet: {"ready":true} once, {"id":N,"bytes":B} now and then, and {"id":N,"bytes":B,"over":HOW} as the last of each:
// "ended" (the site has said all, and all of it is passed on), "broken" or "stopped". B is read since "to".
//
// It has no rights: no new privileges, no other descriptors, and the system calls below. It ends with its channel.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#error "no system call filter was written for this architecture"
#endif
#ifndef __NR_close_range
#define __NR_close_range 436 // newer than some of the headers that this must compile with; the same everywhere
#endif

enum {
  CHANNEL = 3,
  MAX_RELAYED = 16,
  // The larger, the less a busy computer slows it down. But pages of all pipes together are limited for each user
  // (pipe(7), 64 MiB): ten runs with sixteen connections each stay below it.
  WIDE_PIPE_BYTES = 1024 * 1024,
  PIPE_BYTES = 256 * 1024,
  WIDE_PIPES = 2,
  // What waits for a reader stays in the processor's cache: with the kernel's own choice, megabytes, it takes three times
  // as long. The reader is on this computer, so that no more need ever be under way.
  WAITING_BYTES = 128 * 1024,
  // While a lot arrives, more is there sooner than this process could sleep and wake up.
  BUSY_LOOKS = 100,
  BUSY_BYTES = 256 * 1024,
  TELL_MS = 200,
};

struct relayed {
  long id;
  int from, to, into, out; // sockets; the pipe's ends
  size_t room, held;       // of the pipe; in it
  unsigned long long bytes, told;
  bool drained, full;      // many small pieces fill a pipe that has room for as many bytes
};
static struct relayed all[MAX_RELAYED];
static int count;

static void give_up(void) { _exit(125); }

static void tell(const char *format, ...) {
  char line[160];
  va_list list;
  va_start(list, format);
  int length = vsnprintf(line, sizeof line, format, list);
  va_end(list);
  for (int done = 0; done < length;) {
    ssize_t n = write(CHANNEL, line + done, (size_t)(length - done));
    if (n > 0) done += (int)n;
    else if (errno == EAGAIN) poll(&(struct pollfd){.fd = CHANNEL, .events = POLLOUT}, 1, -1);
    else if (errno != EINTR) give_up();
  }
}

static void end(struct relayed *one, const char *how) {
  tell("{\"id\":%ld,\"bytes\":%llu,\"over\":\"%s\"}\n", one->id, one->bytes, how);
  const int held[] = {one->from, one->to, one->into, one->out};
  for (int i = 0; i < 4; i++)
    if (held[i] >= 0) close(held[i]);
  *one = all[--count];
}

static struct relayed *find(long id) {
  for (int i = 0; i < count; i++)
    if (all[i].id == id) return &all[i];
  return NULL;
}

/** A socket has come: `from` begins one, `to` completes it. */
static void take(long id, const char *end_of, int socket) {
  struct relayed *one = find(id);
  if (!strncmp(end_of, "from", 4)) {
    if (one || count == MAX_RELAYED) give_up();
    all[count++] = (struct relayed){.id = id, .from = socket, .to = -1, .into = -1, .out = -1};
    return;
  }
  // Stopped in between.
  if (!one) return (void)close(socket);
  if (one->to >= 0) give_up();
  one->to = socket;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return end(one, "broken");
  one->out = ends[0], one->into = ends[1];
  // Where the user's pipes have used up their pages it stays as it is, which works as well.
  fcntl(one->into, F_SETPIPE_SZ, count <= WIDE_PIPES ? WIDE_PIPE_BYTES : PIPE_BYTES);
  const int room = fcntl(one->into, F_GETPIPE_SZ);
  if (room <= 0) return end(one, "broken");
  one->room = (size_t)room;
  setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &(int){WAITING_BYTES}, sizeof(int));
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
}

/** One line from Skillet; `socket` is what came with it, else -1. Others are Node's own, and no concern of this process. */
static void obey(const char *line, int *socket) {
  const bool handed = strstr(line, "\"NODE_HANDLE\"") != NULL;
  const char *word = handed ? strstr(line, "\"msg\":\"") : line;
  if (!word) give_up();
  word += handed ? 7 : 1;
  char *rest;
  const long id = strtol(word, &rest, 10);
  if (handed) {
    if (*socket < 0 || rest == word || *rest != ' ') give_up();
    take(id, rest + 1, *socket);
    *socket = -1;
    tell("{\"cmd\":\"NODE_HANDLE_ACK\"}\n");
  } else if (!strcmp(word, "end\"")) {
    while (count > 0) end(&all[count - 1], "stopped");
    _exit(0);
  } else if (rest != word && !strcmp(rest, " stop\"")) {
    struct relayed *one = find(id);
    if (one) end(one, "stopped");
    else tell("{\"id\":%ld,\"bytes\":0,\"over\":\"stopped\"}\n", id); // over before, or its socket was gone when it was sent
  }
}

static void listen_to_skillet(void) {
  static char text[4096];
  static size_t used;
  static int socket = -1;
  struct iovec data = {.iov_base = text + used, .iov_len = sizeof text - used};
  union {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
  } control;
  struct msghdr header = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  const ssize_t n = recvmsg(CHANNEL, &header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) give_up();
  struct cmsghdr *attached = CMSG_FIRSTHDR(&header);
  if (attached && attached->cmsg_level == SOL_SOCKET && attached->cmsg_type == SCM_RIGHTS) {
    // Node hands over one at a time and waits for its acknowledgement.
    if (socket >= 0) give_up();
    memcpy(&socket, CMSG_DATA(attached), sizeof(int));
  }
  used += (size_t)n;
  for (char *end_of_line; (end_of_line = memchr(text, '\n', used));) {
    *end_of_line++ = 0;
    obey(text, &socket);
    used -= (size_t)(end_of_line - text);
    memmove(text, end_of_line, used);
  }
  if (used == sizeof text) give_up();
}

static bool wants_more(const struct relayed *one) { return !one->drained && !one->full && one->held <= one->room / 2; }

/** Passes on what there is. */
static void move(struct relayed *one, bool readable, size_t *moved) {
  const unsigned how = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;
  if (readable && wants_more(one)) {
    const ssize_t n = splice(one->from, NULL, one->into, NULL, one->room - one->held, how);
    if (n > 0) {
      one->held += (size_t)n;
      one->bytes += (unsigned long long)n;
      *moved += (size_t)n;
    } else if (n == 0) one->drained = true;
    else if (errno == EAGAIN) one->full = one->held > 0;
    else if (errno != EINTR) return end(one, "broken");
  }
  if (one->held > 0) {
    const ssize_t n = splice(one->out, NULL, one->to, NULL, one->held, how);
    if (n > 0) one->held -= (size_t)n, one->full = false;
    else if (n == 0 || (errno != EAGAIN && errno != EINTR)) return end(one, "broken");
  }
  if (one->drained && one->held == 0) end(one, "ended");
}

static long long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static bool tell_progress(void) {
  bool any = false;
  for (int i = 0; i < count; i++) {
    if (all[i].bytes == all[i].told) continue;
    any = true;
    all[i].told = all[i].bytes;
    tell("{\"id\":%ld,\"bytes\":%llu}\n", all[i].id, all[i].bytes);
  }
  return any;
}

/** Whatever would become of this process, it can do no more than move bytes between what it was given. */
static void lock_in(void) {
  static const int allowed[] = {__NR_splice, __NR_ppoll, __NR_sched_yield, __NR_recvmsg, __NR_write, __NR_close, __NR_pipe2, __NR_fcntl, __NR_setsockopt, __NR_clock_gettime, __NR_restart_syscall, __NR_exit_group,
#ifdef __NR_poll
    __NR_poll,
#endif
  };
  enum { CALLS = sizeof allowed / sizeof *allowed };
  struct sock_filter filter[CALLS + 6] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
  };
  for (unsigned char i = 0; i < CALLS; i++)
    filter[4 + i] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)allowed[i], (unsigned char)(CALLS - i), 0);
  filter[4 + CALLS] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
  filter[5 + CALLS] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  const struct sock_fprog program = {.len = CALLS + 6, .filter = filter};
  const struct rlimit files = {256, 256}, none = {0, 0};
  if (setrlimit(RLIMIT_NOFILE, &files) != 0 || setrlimit(RLIMIT_CORE, &none) != 0) give_up();
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) give_up();
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0) give_up();
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  // Before Linux 5.9 Node's own habit of opening everything close-on-exec is all there is.
  syscall(__NR_close_range, CHANNEL + 1, ~0U, 0);
  lock_in();
  tell("{\"ready\":true}\n");
  size_t moved = 0;
  int looks = 0;
  for (long long next_tell = 0;;) {
    struct pollfd watched[1 + 2 * MAX_RELAYED] = {{.fd = CHANNEL, .events = POLLIN}};
    const int before = count;
    bool untold = false;
    for (int i = 0; i < before; i++) {
      const struct relayed *one = &all[i];
      const bool complete = one->to >= 0;
      watched[1 + 2 * i] = (struct pollfd){.fd = complete && wants_more(one) ? one->from : -1, .events = POLLIN};
      watched[2 + 2 * i] = (struct pollfd){.fd = complete ? one->to : -1, .events = one->held > 0 ? POLLOUT : 0};
      untold |= one->bytes != one->told;
    }
    const bool busy = looks > 0;
    const long long wait = next_tell - now_ms();
    const int some = poll(watched, 1 + 2 * (nfds_t)before, busy ? 0 : !untold ? -1 : wait > 0 ? (int)wait : 0);
    if (some == 0 && busy) {
      looks--;
      sched_yield();
    }
    if (some > 0) {
      // From the last on: one that is over is replaced by the last.
      for (int i = before - 1; i >= 0; i--) {
        const short in = watched[1 + 2 * i].revents, out = watched[2 + 2 * i].revents;
        // Nobody is there any more who could be told; Skillet sees it itself.
        if (out & (POLLERR | POLLHUP | POLLNVAL)) end(&all[i], "broken");
        else if (in | out) move(&all[i], in != 0, &moved);
      }
      if (watched[0].revents) listen_to_skillet();
      if (moved >= BUSY_BYTES) looks = BUSY_LOOKS, moved = 0;
    }
    if (untold && now_ms() >= next_tell && tell_progress()) next_tell = now_ms() + TELL_MS;
  }
}
