// SPDX-License-Identifier: Apache-2.0
//
// The system calls that a skill may make.

#ifndef SKILLET_FILTER_H
#define SKILLET_FILTER_H

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#error "no system call filter was written for this architecture"
#endif

// Newer than some of the headers that this must compile with. These numbers are the same on every architecture.
#define NEWER_THAN_THIS_LIST 454
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
#ifndef __NR_memfd_secret
#define __NR_memfd_secret 447
#endif
#ifndef __NR_process_mrelease
#define __NR_process_mrelease 448
#endif
#ifndef __NR_futex_waitv
#define __NR_futex_waitv 449
#endif
#ifndef __NR_set_mempolicy_home_node
#define __NR_set_mempolicy_home_node 450
#endif

#define LOW(n) (offsetof(struct seccomp_data, args[n]))
#define HIGH(n) (offsetof(struct seccomp_data, args[n]) + 4) // both architectures are little-endian
#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (offset))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, (value))
#define DENY(error) RETURN(SECCOMP_RET_ERRNO | ((error)&SECCOMP_RET_DATA))
#define ON(number, action) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), action
// After loading whom a call is about: the namespace's first process, the supervisor's keeper and the supervisor. Six steps.
#define NOT_THE_KEEPERS ON(1, DENY(EPERM)), ON((uint32_t)keeper, DENY(EPERM)), ON((uint32_t)supervisor, DENY(EPERM))
#define NUMBER offsetof(struct seccomp_data, nr)
#define OWNERS_RIGHTS (S_ISUID | S_ISGID)
#define WITHOUT_OWNERS_RIGHTS(number, mode)                                                                          \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 4), LOAD(LOW(mode)),                                              \
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, OWNERS_RIGHTS, 0, 1), DENY(EPERM), LOAD(NUMBER)
// The mode means something only where the file is made; otherwise the argument is whatever was left in the register.
#define WITHOUT_OWNERS_RIGHTS_IF_MADE(number, flags, mode)                                                           \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 6), LOAD(LOW(flags)),                                             \
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_CREAT | (O_TMPFILE & ~O_DIRECTORY), 0, 3), LOAD(LOW(mode)),               \
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, OWNERS_RIGHTS, 0, 1), DENY(EPERM), LOAD(NUMBER)
#define NEW_NAMESPACES (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | 0x80)

// Which system calls a skill never needs, and which ones are told to the supervisor.
// After Flatpak's and systemd's lists; every entry is reachable surface that was an escape in the past.
// `keeper` started the supervisor: the namespace's first process, or the one that firejail was asked to start.
static int install_filter(pid_t supervisor, pid_t keeper, bool lookups) {
  const uint32_t watch = SECCOMP_RET_USER_NOTIF, lookup = lookups ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ALLOW;
  struct sock_filter program[] = {
    LOAD(offsetof(struct seccomp_data, arch)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0),
    RETURN(SECCOMP_RET_KILL_PROCESS),
    LOAD(offsetof(struct seccomp_data, nr)),
#ifdef __x86_64__
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
    RETURN(SECCOMP_RET_KILL_PROCESS),
#endif
    // Absent as far as the skill can tell: callers fall back to the older calls. That goes for all that are newer
    // than this list.
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, NEWER_THAN_THIS_LIST, 0, 1),
    DENY(ENOSYS),
    ON(__NR_openat2, DENY(ENOSYS)), // its flags lie in memory, where a filter can't see them
    ON(__NR_futex_waitv, DENY(ENOSYS)),
    ON(__NR_set_mempolicy_home_node, DENY(ENOSYS)),
    ON(__NR_io_setup, DENY(ENOSYS)),
    ON(__NR_remap_file_pages, DENY(ENOSYS)),
    // Mailboxes of the kernel's for what happens to files: memory that no process counts.
    ON(__NR_inotify_init1, DENY(ENOSYS)),
    // As on a file system that can't: room taken without being written escapes the disk limit, names and rights beside
    // the usual ones would stay on the person's files.
    ON(__NR_fallocate, DENY(EOPNOTSUPP)),
    ON(__NR_setxattr, DENY(EOPNOTSUPP)),
    ON(__NR_lsetxattr, DENY(EOPNOTSUPP)),
    ON(__NR_fsetxattr, DENY(EOPNOTSUPP)),
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
    ON(__NR_process_mrelease, DENY(EPERM)),
    ON(__NR_kcmp, DENY(EPERM)),
    ON(__NR_vmsplice, DENY(EPERM)), // keeps pages alive that no process has mapped any more
    ON(__NR_seccomp, DENY(EPERM)),
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
    ON(__NR_inotify_init, DENY(ENOSYS)),
    ON(__NR_iopl, DENY(EPERM)),
    ON(__NR_ioperm, DENY(EPERM)),
    ON(__NR_modify_ldt, DENY(EPERM)),
    ON(__NR_uselib, DENY(EPERM)),
    ON(__NR_ustat, DENY(EPERM)),
    ON(__NR_sysfs, DENY(EPERM)),
#endif
    // No file may hand on its owner's rights: one that the skill leaves behind would run as the person for whoever
    // starts it (after systemd's RestrictSUIDSGID; fchmodat2 is newer than this list).
    WITHOUT_OWNERS_RIGHTS(__NR_fchmod, 1),
    WITHOUT_OWNERS_RIGHTS(__NR_fchmodat, 2),
    WITHOUT_OWNERS_RIGHTS(__NR_mknodat, 2),
    WITHOUT_OWNERS_RIGHTS_IF_MADE(__NR_openat, 2, 3),
#ifdef __x86_64__
    WITHOUT_OWNERS_RIGHTS(__NR_chmod, 1),
    WITHOUT_OWNERS_RIGHTS(__NR_creat, 1),
    WITHOUT_OWNERS_RIGHTS(__NR_mknod, 1),
    WITHOUT_OWNERS_RIGHTS_IF_MADE(__NR_open, 1, 2),
#endif
    // Told to the supervisor, then decided by the kernel.
    ON(__NR_openat, RETURN(watch)),
    ON(__NR_pipe2, RETURN(watch)),
    ON(__NR_mknodat, RETURN(watch)),
    ON(__NR_execve, RETURN(watch)),
    ON(__NR_execveat, RETURN(watch)),
    ON(__NR_connect, RETURN(watch)),
    ON(__NR_mkdirat, RETURN(watch)),
    ON(__NR_unlinkat, RETURN(watch)),
    ON(__NR_renameat2, RETURN(watch)),
    ON(__NR_linkat, RETURN(watch)),
    ON(__NR_symlinkat, RETURN(watch)),
    ON(__NR_truncate, RETURN(watch)),
    ON(__NR_landlock_add_rule, RETURN(watch)),
    ON(__NR_landlock_restrict_self, RETURN(watch)),
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
    ON(__NR_pipe, RETURN(watch)),
    ON(__NR_mknod, RETURN(watch)),
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
    // socket: TCP and UDP only. No Unix sockets (agents, D-Bus, X11), no netlink, packet or vsock.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_socket, 0, 13),
    LOAD(LOW(0)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 1, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 9),
    LOAD(LOW(1)),
    BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SOCK_STREAM, 1, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SOCK_DGRAM, 0, 5),
    LOAD(LOW(2)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 2, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_TCP, 1, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 1),
    RETURN(SECCOMP_RET_ALLOW),
    DENY(EPERM),
    // socketpair: streams, which stay with the two ends that they were made with.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_socketpair, 0, 7),
    LOAD(LOW(0)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 0, 4),
    LOAD(LOW(1)),
    BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SOCK_STREAM, 0, 1),
    RETURN(SECCOMP_RET_ALLOW),
    DENY(EPERM),
    // setsockopt: buffers keep their size (the kernel clamps what is asked for in any case), sockets carry no program
    // and no other protocol on top.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_setsockopt, 0, 23),
    LOAD(LOW(1)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_TCP, 0, 4),
    LOAD(LOW(2)),
    ON(31 /* TCP_ULP */, DENY(ENOPROTOOPT)),
    RETURN(SECCOMP_RET_ALLOW),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SOL_SOCKET, 0, 15),
    LOAD(LOW(2)),
    ON(SO_SNDBUF, DENY(0)),
    ON(SO_RCVBUF, DENY(0)),
    ON(SO_ATTACH_FILTER, DENY(EPERM)),
    ON(50 /* SO_ATTACH_BPF */, DENY(EPERM)),
    ON(51 /* SO_ATTACH_REUSEPORT_CBPF */, DENY(EPERM)),
    ON(52 /* SO_ATTACH_REUSEPORT_EBPF */, DENY(EPERM)),
    ON(76 /* SO_PASSPIDFD */, DENY(EPERM)),
    RETURN(SECCOMP_RET_ALLOW),
    // getsockopt: no hold on the process at the other end of the skill's own input and output.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_getsockopt, 0, 6),
    LOAD(LOW(1)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SOL_SOCKET, 0, 3),
    LOAD(LOW(2)),
    ON(77 /* SO_PEERPIDFD */, DENY(ENOPROTOOPT)),
    RETURN(SECCOMP_RET_ALLOW),
    // ioctl: nothing may be typed into a terminal, no room taken without being written, no file made unchangeable; none
    // of the calls of btrfs (0x94, copies of whole trees among them) and bcachefs (0xbc).
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_ioctl, 0, 33),
    LOAD(LOW(1)),
    ON(0x5412 /* TIOCSTI */, DENY(EPERM)),
    ON(0x541C /* TIOCLINUX */, DENY(EPERM)),
    ON(0x5423 /* TIOCSETD */, DENY(EPERM)),
    ON(0x541D /* TIOCCONS */, DENY(EPERM)),
    ON(0x8901 /* FIOSETOWN */, DENY(EPERM)),
    ON(0x8902 /* SIOCSPGRP */, DENY(EPERM)),
    ON(0x40305828 /* FS_IOC_RESVSP */, DENY(EOPNOTSUPP)),
    ON(0x4030582a /* FS_IOC_RESVSP64 */, DENY(EOPNOTSUPP)),
    ON(0x40305839 /* FS_IOC_ZERO_RANGE */, DENY(EOPNOTSUPP)),
    ON(0x40806685 /* FS_IOC_ENABLE_VERITY */, DENY(EOPNOTSUPP)),
    ON(0x800c6613 /* FS_IOC_SET_ENCRYPTION_POLICY */, DENY(EOPNOTSUPP)),
    ON(0x40086602 /* FS_IOC_SETFLAGS */, DENY(EOPNOTSUPP)),
    ON(0x401c5820 /* FS_IOC_FSSETXATTR */, DENY(EOPNOTSUPP)),
    BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xff00),
    ON(0x9400, DENY(EOPNOTSUPP)),
    ON(0xbc00, DENY(EOPNOTSUPP)),
    RETURN(SECCOMP_RET_ALLOW),
    // fcntl: a file whose owner is the supervisor would send it signals, SIGSTOP included; a larger pipe is memory that
    // no process counts; a lease makes other programs wait for the person's own files; no folder is watched. Locks are
    // memory, and may be as many as there are bytes: they are counted.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_fcntl, 0, 22),
    LOAD(LOW(1)),
    ON(8 /* F_SETOWN */, DENY(EPERM)),
    ON(10 /* F_SETSIG */, DENY(EPERM)),
    ON(15 /* F_SETOWN_EX */, DENY(EPERM)),
    ON(1031 /* F_SETPIPE_SZ */, DENY(EPERM)),
    ON(1024 /* F_SETLEASE */, DENY(EPERM)),
    ON(1026 /* F_NOTIFY */, DENY(EPERM)),
    ON(F_SETLK, RETURN(watch)),
    ON(F_SETLKW, RETURN(watch)),
    ON(37 /* F_OFD_SETLK */, RETURN(watch)),
    ON(38 /* F_OFD_SETLKW */, RETURN(watch)),
    RETURN(SECCOMP_RET_ALLOW),
    // A process that ignores its children's end takes from the kernel what they wrote: the supervisor wants to know.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_rt_sigaction, 0, 4),
    LOAD(LOW(0)),
    ON(SIGCHLD, RETURN(watch)),
    RETURN(SECCOMP_RET_ALLOW),
    // personality: asking is free, changing makes memory executable or its layout known.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_personality, 0, 5),
    LOAD(LOW(0)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0xffffffff, 1, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
    RETURN(SECCOMP_RET_ALLOW),
    DENY(EPERM),
    // Scheduling: one's own is free, the supervisor's and the first process's is not (the end of a run would wait for
    // them), and a user's or group's would include them.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_setpriority, 0, 11),
    LOAD(LOW(0)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0 /* PRIO_PROCESS */, 1, 0),
    DENY(EPERM),
    LOAD(LOW(1)),
    NOT_THE_KEEPERS,
    RETURN(SECCOMP_RET_ALLOW),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_ioprio_set, 0, 11),
    LOAD(LOW(0)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1 /* IOPRIO_WHO_PROCESS */, 1, 0),
    DENY(EPERM),
    LOAD(LOW(1)),
    NOT_THE_KEEPERS,
    RETURN(SECCOMP_RET_ALLOW),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_sched_setscheduler, 3, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_sched_setparam, 2, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_sched_setattr, 1, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_sched_setaffinity, 0, 8),
    LOAD(LOW(0)),
    NOT_THE_KEEPERS,
    RETURN(SECCOMP_RET_ALLOW),
    // mmap: no shared anonymous memory, which stays alive while no process counts its pages, and no huge pages, which
    // are counted nowhere.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_mmap, 0, 7),
    LOAD(LOW(3)),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, MAP_HUGETLB, 0, 1),
    DENY(ENOMEM),
    BPF_STMT(BPF_ALU | BPF_AND | BPF_K, MAP_SHARED | MAP_ANONYMOUS),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MAP_SHARED | MAP_ANONYMOUS, 0, 1),
    DENY(EPERM),
    RETURN(SECCOMP_RET_ALLOW),
    // prctl: staying readable for the supervisor, or it could report nothing; nobody else takes in orphans, or what
    // they wrote would be counted nowhere; no further filters.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_prctl, 0, 10),
    LOAD(LOW(0)),
    ON(PR_SET_DUMPABLE, DENY(EPERM)),
    ON(PR_SET_CHILD_SUBREAPER, DENY(EPERM)),
    ON(PR_SET_SECCOMP, DENY(EPERM)),
    ON(59 /* PR_SET_SYSCALL_USER_DISPATCH */, DENY(EPERM)),
    RETURN(SECCOMP_RET_ALLOW),
    // prlimit: only on oneself, so that the supervisor cannot be starved. What a crash leaves stays as it is (see
    // start_skill), whatever is asked for: programs that want to leave nothing have their way.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_prlimit64, 0, 11),
    LOAD(LOW(0)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
    DENY(EPERM),
    LOAD(LOW(1)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, RLIMIT_CORE, 0, 5),
    LOAD(LOW(2)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 2),
    LOAD(HIGH(2)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
    DENY(0),
    RETURN(SECCOMP_RET_ALLOW),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_setrlimit, 0, 4),
    LOAD(LOW(0)),
    ON(RLIMIT_CORE, DENY(0)),
    RETURN(SECCOMP_RET_ALLOW),
    // Signals: never to the supervisor, to its keeper, to the namespace's first process, or to everybody.
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_kill, 2, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_tkill, 1, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_tgkill, 0, 13),
    LOAD(LOW(0)),
    ON((uint32_t)-1, DENY(EPERM)),
    ON(1, DENY(EPERM)),
    ON((uint32_t)supervisor, DENY(EPERM)),
    ON((uint32_t)-supervisor, DENY(EPERM)),
    ON((uint32_t)keeper, DENY(EPERM)),
    ON((uint32_t)-keeper, DENY(EPERM)),
    RETURN(SECCOMP_RET_ALLOW),
  };
  struct sock_fprog filter = {.len = sizeof program / sizeof *program, .filter = program};
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
}

#endif
