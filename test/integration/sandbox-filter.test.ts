import { execFileSync } from 'node:child_process'
import { constants as opening, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'

// Every line of the system call filter, decided as the kernel decides it (seccomp(2), BPF): of much that it closes the
// kernel would refuse an ordinary user today anyway, so that no attempt inside could show that a line is missing. That the
// kernel holds a skill to the filter is what the escapes show.

/** What the filter says of a call: `told` asks the supervisor, `ignored` says that it was done. */
type Decision = 'allow' | 'kill' | 'told' | 'ignored' | keyof typeof constants.errno

interface Call {
  readonly number: number
  readonly args?: readonly number[]
  readonly architecture?: number
}

const [supervisor, keeper] = [70, 60]
const folder = mkdtempSync(join(tmpdir(), 'skillet-filter-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The filter as it would be handed to the kernel, and the numbers of calls on this architecture. */
function compiled(
  names: readonly string[],
  lookups: boolean,
): { filter: Buffer; numbers: Map<string, number> } {
  const file = join(folder, 'filter.c')
  writeFileSync(
    file,
    `#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/filter.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
static int handed(const struct sock_fprog *filter) { return (int)fwrite(filter->filter, sizeof *filter->filter, filter->len, stdout); }
#define syscall(number, mode, flags, filter) handed(filter)
#include ${JSON.stringify(resolve('src/engine/sandbox/native/filter.h'))}
int main(void) {
  install_filter(${supervisor}, ${keeper}, ${lookups});
  printf("\\narchitecture %u\\n", NATIVE_ARCH);
${names.map((name) => `#ifdef __NR_${name}\n  printf("${name} %u\\n", __NR_${name});\n#endif\n`).join('')}}`,
  )
  execFileSync('cc', ['-O0', '-o', join(folder, 'filter'), file])
  const said = execFileSync(join(folder, 'filter'), { maxBuffer: 1 << 20 })
  const end = said.lastIndexOf('\narchitecture ')
  const lines = said
    .toString('latin1', end + 1)
    .trim()
    .split('\n')
  const numbers = new Map(lines.map((line) => [line.split(' ')[0]!, Number(line.split(' ')[1])]))
  return { filter: said.subarray(0, end), numbers }
}

/** As linux/filter.h and linux/seccomp.h say, for what this filter is made of. */
function decide(filter: Buffer, { number, args = [], architecture = 0 }: Call): Decision {
  const data = Buffer.alloc(64)
  data.writeUInt32LE(number >>> 0, 0)
  data.writeUInt32LE(architecture >>> 0, 4)
  for (const [at, value] of args.entries())
    data.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)), 16 + 8 * at)
  let loaded = 0
  for (let at = 0; ; at++) {
    const code = filter.readUInt16LE(8 * at)
    const k = filter.readUInt32LE(8 * at + 4)
    const jump = (isSo: boolean) => (at += filter.readUInt8(8 * at + (isSo ? 2 : 3)))
    if (code === 0x20) loaded = data.readUInt32LE(k)
    else if (code === 0x54) loaded = (loaded & k) >>> 0
    else if (code === 0x15) jump(loaded === k)
    else if (code === 0x35) jump(loaded >= k)
    else if (code === 0x45) jump((loaded & k) !== 0)
    else if (code === 0x06) return said(k)
    else throw new Error(`an instruction that this doesn’t know: ${code}`)
  }
}

function said(value: number): Decision {
  const action = (value & 0xffff0000) >>> 0
  const error = value & 0xffff
  if (action === 0x7fff0000) return 'allow'
  if (action === 0x80000000) return 'kill'
  if (action === 0x7fc00000) return 'told'
  if (action !== 0x00050000) throw new Error(`an action that this doesn’t know: ${action}`)
  if (error === 0) return 'ignored'
  return (Object.entries(constants.errno).find(([, code]) => code === error) ?? [])[0] as Decision
}

const always: Partial<Record<Decision, string>> = {
  ENOSYS: `openat2 futex_waitv set_mempolicy_home_node io_setup remap_file_pages inotify_init inotify_init1 clone3
    io_uring_setup io_uring_enter io_uring_register fsopen fsconfig fsmount fspick open_tree move_mount mount_setattr
    process_madvise quotactl_fd memfd_create memfd_secret shmget msgget semget`,
  ENOTSUP: 'fallocate setxattr lsetxattr fsetxattr',
  EPERM: `mount umount2 pivot_root chroot setns unshare ptrace process_vm_readv process_vm_writev pidfd_getfd
    process_mrelease kcmp vmsplice seccomp bpf perf_event_open userfaultfd keyctl add_key request_key kexec_load
    kexec_file_load init_module finit_module delete_module open_by_handle_at name_to_handle_at syslog acct quotactl swapon
    swapoff reboot settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname nfsservctl lookup_dcookie
    fanotify_init move_pages migrate_pages mbind set_mempolicy vhangup pidfd_send_signal rt_sigqueueinfo
    rt_tgsigqueueinfo iopl ioperm modify_ldt uselib ustat sysfs`,
  told: `openat pipe2 mknodat execve execveat connect mkdirat unlinkat renameat2 linkat symlinkat truncate
    landlock_add_rule landlock_restrict_self renameat open pipe mknod creat mkdir rmdir unlink rename link symlink`,
}
const lookups = 'newfstatat faccessat faccessat2 stat access'
const words = (text: string) => text.trim().split(/\s+/)

const created = opening.O_CREAT | opening.O_WRONLY
const unnamed = 0o20000000 | opening.O_DIRECTORY | opening.O_RDWR // O_TMPFILE
const [setuid, setgid] = [0o4755, 0o2755]
const everybody = -1

/** What is decided by a call's arguments. */
const byArguments: [call: string, args: number[], decision: Decision][] = [
  ...[setuid, setgid].flatMap((mode): [string, number[], Decision][] => [
    ['fchmod', [0, mode], 'EPERM'],
    ['fchmodat', [0, 0, mode], 'EPERM'],
    ['chmod', [0, mode], 'EPERM'],
    ['mknodat', [0, 0, mode], 'EPERM'],
    ['mknod', [0, mode], 'EPERM'],
    ['creat', [0, mode], 'EPERM'],
    ['openat', [0, 0, created, mode], 'EPERM'],
    ['openat', [0, 0, unnamed, mode], 'EPERM'],
    ['open', [0, created, mode], 'EPERM'],
    ['open', [0, unnamed, mode], 'EPERM'],
    ['openat', [0, 0, 0, mode], 'told'], // makes no file, so that the mode is none
    ['open', [0, 0, mode], 'told'],
  ]),
  ['fchmod', [0, 0o1777], 'allow'],
  ['fchmodat', [0, 0, 0o1777], 'allow'],
  ['chmod', [0, 0o1777], 'allow'],
  ['openat', [0, 0, created, 0o777], 'told'],
  ['open', [0, created, 0o777], 'told'],

  ...[17, 25, 26, 27, 28, 29, 30].map((bit): [string, number[], Decision] => ['clone', [2 ** bit], 'EPERM']),
  ['clone', [0x00010f00 | constants.signals.SIGCHLD], 'allow'],

  ...[2, 10].flatMap((family): [string, number[], Decision][] => [
    ['socket', [family, 1, 0], 'allow'],
    ['socket', [family, 2 | 0x80000, 17], 'allow'],
    ['socket', [family, 1 | 0x800, 6], 'allow'],
    ['socket', [family, 3, 1], 'EPERM'], // raw
    ['socket', [family, 5, 132], 'EPERM'], // SCTP
    ['socket', [family, 1, 132], 'EPERM'],
    ['socket', [family, 1, 262], 'EPERM'], // MPTCP
  ]),
  ...[0, 1, 16, 17, 38, 40].map((family): [string, number[], Decision] => [
    'socket',
    [family, 1, 0],
    'EPERM',
  ]),
  ['socketpair', [1, 1 | 0x80000, 0], 'allow'],
  ['socketpair', [1, 2, 0], 'EPERM'],
  ['socketpair', [1, 3, 0], 'EPERM'],
  ['socketpair', [1, 5, 0], 'EPERM'],
  ['socketpair', [2, 1, 0], 'EPERM'],

  ['setsockopt', [3, 6, 31], 'ENOPROTOOPT'],
  ['setsockopt', [3, 6, 1], 'allow'],
  ['setsockopt', [3, 1, 7], 'ignored'],
  ['setsockopt', [3, 1, 8], 'ignored'],
  ...[26, 50, 51, 52, 76].map((name): [string, number[], Decision] => ['setsockopt', [3, 1, name], 'EPERM']),
  ['setsockopt', [3, 1, 2], 'allow'],
  ['setsockopt', [3, 41, 26], 'allow'],
  ['getsockopt', [3, 1, 77], 'ENOPROTOOPT'],
  ['getsockopt', [3, 1, 3], 'allow'],
  ['getsockopt', [3, 6, 77], 'allow'],

  ...[0x5412, 0x541c, 0x5423, 0x541d, 0x8901, 0x8902].map((number): [string, number[], Decision] => [
    'ioctl',
    [3, number],
    'EPERM',
  ]),
  ...[
    0x40305828, 0x4030582a, 0x40305839, 0x40806685, 0x800c6613, 0x40086602, 0x401c5820, 0x50009417,
    0x40049409, 0x4008bc10,
  ].map((number): [string, number[], Decision] => ['ioctl', [3, number], 'ENOTSUP']),
  ['ioctl', [3, 0x5401], 'allow'],
  ['ioctl', [3, 0x541b], 'allow'],

  ...[8, 10, 15, 1024, 1026, 1031].map((command): [string, number[], Decision] => [
    'fcntl',
    [3, command],
    'EPERM',
  ]),
  ...[6, 7, 37, 38].map((command): [string, number[], Decision] => ['fcntl', [3, command], 'told']),
  ...[0, 1, 2, 3, 4, 5, 1030].map((command): [string, number[], Decision] => [
    'fcntl',
    [3, command],
    'allow',
  ]),

  ['rt_sigaction', [constants.signals.SIGCHLD], 'told'],
  ['rt_sigaction', [constants.signals.SIGINT], 'allow'],

  ['personality', [0xffffffff], 'allow'],
  ['personality', [0], 'allow'],
  ['personality', [0x0040000], 'EPERM'],
  ['personality', [0x0400000], 'EPERM'],

  ['setpriority', [0, 0], 'allow'],
  ['setpriority', [0, 99], 'allow'],
  ['setpriority', [1, 0], 'EPERM'],
  ['setpriority', [2, 0], 'EPERM'],
  ['ioprio_set', [1, 99], 'allow'],
  ['ioprio_set', [2, 0], 'EPERM'],
  ['ioprio_set', [3, 0], 'EPERM'],
  ...[1, keeper, supervisor].flatMap((process): [string, number[], Decision][] => [
    ['setpriority', [0, process], 'EPERM'],
    ['ioprio_set', [1, process], 'EPERM'],
    ['sched_setscheduler', [process], 'EPERM'],
    ['sched_setparam', [process], 'EPERM'],
    ['sched_setattr', [process], 'EPERM'],
    ['sched_setaffinity', [process], 'EPERM'],
    ['kill', [process, 9], 'EPERM'],
    ['tkill', [process, 9], 'EPERM'],
    ['tgkill', [process, process, 9], 'EPERM'],
  ]),
  ...[-keeper, -supervisor, everybody].map((group): [string, number[], Decision] => [
    'kill',
    [group, 9],
    'EPERM',
  ]),
  ...[
    'kill',
    'tkill',
    'tgkill',
    'sched_setscheduler',
    'sched_setparam',
    'sched_setattr',
    'sched_setaffinity',
  ].flatMap((name): [string, number[], Decision][] => [
    [name, [0, 0], 'allow'],
    [name, [99, 0], 'allow'],
  ]),
  ['kill', [-99, 9], 'allow'],

  ['mmap', [0, 4096, 3, 0x22], 'allow'],
  ['mmap', [0, 4096, 3, 0x01], 'allow'],
  ['mmap', [0, 4096, 3, 0x21], 'EPERM'],
  ['mmap', [0, 4096, 3, 0x40022], 'ENOMEM'],

  ...[4, 22, 36, 59].map((option): [string, number[], Decision] => ['prctl', [option], 'EPERM']),
  ['prctl', [15], 'allow'],

  ['prlimit64', [0, 7, 0], 'allow'],
  ['prlimit64', [99, 7, 0], 'EPERM'],
  ['prlimit64', [supervisor, 0, 0], 'EPERM'],
  ['prlimit64', [0, 4, 0], 'allow'], // asks
  ['prlimit64', [0, 4, 0x1000], 'ignored'],
  ['prlimit64', [0, 4, 2 ** 40], 'ignored'], // half of an address of 64 bits is zero
  ['setrlimit', [4], 'ignored'],
  ['setrlimit', [7], 'allow'],
]

const names = [
  ...new Set([
    ...Object.values(always).flatMap(words),
    ...words(lookups),
    ...byArguments.map(([name]) => name),
  ]),
]
const known = compiled(names, true)
const { filter, numbers } = known
const architecture = numbers.get('architecture')!
const decided = (name: string, args: number[] = [], from = filter): Decision =>
  decide(from, { number: numbers.get(name)!, args, architecture })
/** arm64 never had the calls that newer ones have replaced. */
const isThere = (name: string) => {
  if (process.arch === 'x64') expect(numbers.has(name), name).toBe(true)
  return numbers.has(name)
}

test('what no skill needs is closed, each by its own line, and what it names is told', () => {
  for (const [decision, list] of Object.entries(always))
    for (const name of words(list)) if (isThere(name)) expect(decided(name), name).toBe(decision)
})

test('looking for programs is told of a shell, and of nothing else', () => {
  const others = compiled([], false).filter
  for (const name of words(lookups))
    if (isThere(name)) expect([decided(name), decided(name, [], others)], name).toEqual(['told', 'allow'])
})

test('what a call asks for decides where the call itself is needed', () => {
  for (const [name, args, decision] of byArguments)
    if (isThere(name)) expect(decided(name, args), `${name} ${args.join(' ')}`).toBe(decision)
})

test('calls in another architecture’s numbers end the skill, and those that are newer than the list are absent', () => {
  const x32 = 0x40000000
  expect(decide(filter, { number: 0, architecture: architecture + 1 })).toBe('kill')
  expect(decide(filter, { number: 0, architecture: 0x40000003 })).toBe('kill') // i386 on x86-64
  if (process.arch === 'x64') expect(decide(filter, { number: x32, architecture })).toBe('kill')
  for (const number of [454, 455, 460, 600]) expect(decide(filter, { number, architecture })).toBe('ENOSYS')
})

test('every other call is the kernel’s to decide', () => {
  const named = new Set(numbers.values())
  for (let number = 0; number < 454; number++)
    if (!named.has(number)) expect(decide(filter, { number, architecture }), String(number)).toBe('allow')
})
