import { existsSync, statSync } from 'node:fs'
import { readdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { proxyPort } from './profile.ts'

const SCRATCH_BYTES = 64 * 1024 * 1024

/** Where the launcher lies inside; Landlock keeps the skill from starting it. */
const launcherInside = '/.launcher'

/** Descriptors of the spawned bubblewrap: 0 to 2 the skill's, then these. */
export const descriptors = { ipc: 3, report: 4, options: 5, words: 6 } as const

/**
 * What programs expect of /dev. No terminals, and no /dev/zero: mapped and shared it is memory that stays when no process
 * has it mapped any more, which nothing counts.
 */
const deviceOptions = [
  ...['--tmpfs', '/dev'],
  ...['null', 'random', 'urandom'].flatMap((name) => ['--dev-bind', `/dev/${name}`, `/dev/${name}`]),
  ...['--symlink', '/proc/self/fd', '/dev/fd'],
  ...['stdin', 'stdout', 'stderr'].flatMap((name, fd) => [
    '--symlink',
    `/proc/self/fd/${fd}`,
    `/dev/${name}`,
  ]),
]

export interface CommandLine {
  /** Options for bubblewrap's `--args` descriptor: kept off the command line, which firejail wants short. */
  readonly options: readonly string[]
  /** What bubblewrap starts: the launcher. */
  readonly command: readonly string[]
}

/** What bubblewrap is started in. */
export interface Surroundings {
  /**
   * Process ids are a namespace's own already, with a /proc for it that is masked in places, beneath which the kernel
   * allows no other one: both are kept.
   */
  readonly ownProcesses: boolean
}

/**
 * What is the same for every run: the namespaces and an empty root, with the whole computer on a stage from which the
 * launcher takes what a run may see before it takes the stage away (`sandboxWords`).
 */
export async function bubblewrapCommand(
  launcher: string,
  graphics: boolean,
  { ownProcesses }: Surroundings = { ownProcesses: false },
): Promise<CommandLine> {
  // To mount, to drop the rest, to map its user (Linux 5.12, verify_root_map), and to stand for approved hosts on their
  // own ports, 80 and 443; the launcher keeps none.
  const capabilities = ['CAP_SYS_ADMIN', 'CAP_SETPCAP', 'CAP_SETFCAP', 'CAP_NET_BIND_SERVICE']
  const options = [
    ...(ownProcesses
      ? ['--unshare-user', '--unshare-ipc', '--unshare-net', '--unshare-uts', '--unshare-cgroup-try']
      : ['--unshare-all', '--unshare-user']),
    ...['--die-with-parent', '--new-session', '--uid', '0', '--gid', '0', '--cap-drop', 'ALL'],
    ...capabilities.flatMap((capability) => ['--cap-add', capability]),
    ...['--hostname', 'skillet', '--clearenv'],
    ...['--bind', '/', '/.stage'],
    ...(ownProcesses ? ['--bind', '/proc', '/proc'] : ['--proc', '/proc']),
    ...['--ro-bind', '/proc/sys', '/proc/sys'],
    ...deviceOptions,
    ...['--size', String(SCRATCH_BYTES), '--tmpfs', '/dev/shm'],
    ...(graphics ? await graphicsOptions() : []),
    ...['--remount-ro', '/dev'],
    ...['--size', String(SCRATCH_BYTES), '--tmpfs', '/tmp'],
    ...['--dir', '/home/skill', '--dir', '/skill'],
    ...['--ro-bind', launcher, launcherInside],
  ]
  const { ipc, report, words } = descriptors
  // It stands for this very process as long as that lives.
  const { ino: outside } = statSync('/proc/self/ns/pid')
  const numbers = { ipc, report, words, port: proxyPort, outside }
  return {
    options,
    command: [
      launcherInside,
      ...Object.entries(numbers).flatMap(([name, number]) => [`--${name}`, String(number)]),
    ],
  }
}

async function graphicsOptions(): Promise<string[]> {
  const devices = (await readdir('/dev')).filter((name) => /^nvidia(\d+|ctl|-uvm|-uvm-tools)$/.test(name))
  const options = devices.flatMap((name) => ['--dev-bind', `/dev/${name}`, `/dev/${name}`])
  for (const folder of ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64']) {
    if (!existsSync(folder)) continue
    for (const name of await readdir(folder))
      if (/^lib(cuda|nvidia-ptxjitcompiler|nvidia-nvvm)\.so\.1$/.test(name))
        options.push('--ro-bind', await realpath(join(folder, name)), join(folder, name))
  }
  return options
}
