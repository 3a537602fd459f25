import { existsSync, realpathSync, statSync } from 'node:fs'
import { readdir, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { directPorts } from './direct-hosts.ts'
import { stageByFolder } from './staging.ts'
import { proxyPort, type SandboxProfile, type StateFolder } from './profile.ts'

const SCRATCH_BYTES = 64 * 1024 * 1024

/** Where the launcher lies inside; Landlock keeps the skill from starting it. */
const launcherInside = '/.launcher'

/** Descriptors of the spawned bubblewrap: 0 nothing, 1 and 2 output, then these. */
export const descriptors = { ipc: 3, report: 4, options: 5, hosts: 6, words: 7 } as const

/** Data that programs read and nothing executes, where this computer has it. */
const sharedData = [
  '/etc/ld.so.cache',
  '/usr/lib/locale/C.utf8',
  '/usr/share/zoneinfo',
  '/etc/localtime',
  '/etc/mime.types',
]
const certificates = [
  '/etc/ssl',
  '/usr/lib/ssl',
  '/usr/share/ca-certificates',
  '/etc/pki',
  '/etc/ca-certificates',
]

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
  /** Options for bubblewrap's `--args` descriptor: kept off the command line, which everybody's `ps` shows. */
  readonly options: readonly string[]
  /** What bubblewrap starts: the launcher. */
  readonly command: readonly string[]
  /** The launcher's options and the skill's command, for a descriptor of their own. */
  readonly words: readonly string[]
}

/** What bubblewrap is started in. */
export interface Surroundings {
  /**
   * Process ids are a namespace's own already, with a /proc for it that is masked in places, beneath which the kernel
   * allows no other one: both are kept.
   */
  readonly ownProcesses: boolean
}

/** The whole sandbox as bubblewrap options: an empty root into which only what the profile names is bound. */
export async function bubblewrapCommand(
  profile: SandboxProfile,
  launcher: string,
  { ownProcesses }: Surroundings = { ownProcesses: false },
): Promise<CommandLine> {
  const options: string[] = [
    ...(ownProcesses
      ? ['--unshare-user', '--unshare-ipc', '--unshare-net', '--unshare-uts', '--unshare-cgroup-try']
      : ['--unshare-all', '--unshare-user']),
    ...['--die-with-parent', '--new-session'],
    // For noexec mounts, to drop the rest, and to map its user (Linux 5.12, verify_root_map); the launcher keeps none.
    ...[
      '--uid',
      '0',
      '--gid',
      '0',
      '--cap-drop',
      'ALL',
      '--cap-add',
      'CAP_SYS_ADMIN',
      '--cap-add',
      'CAP_SETPCAP',
      '--cap-add',
      'CAP_SETFCAP',
    ],
    // To stand for approved hosts on their own ports, 80 and 443; the launcher drops this, too.
    ...(profile.hosts.length > 0 ? ['--cap-add', 'CAP_NET_BIND_SERVICE'] : []),
    ...['--hostname', 'skillet', '--clearenv'],
  ]
  for (const [name, value] of Object.entries(environmentOf(profile))) options.push('--setenv', name, value)

  const noexec: string[] = []
  const bind = (how: '--ro-bind' | '--bind', source: string, inside: string) => {
    options.push(how, source, inside)
    noexec.push(inside)
  }

  const data = presentOf(profile.hosts.length > 0 ? [...sharedData, ...certificates] : sharedData)
  const system = stageByFolder([...profile.runtime.binds, ...data], 'system')
  for (const [source, inside] of [...system.folders, ...system.alone])
    options.push('--ro-bind', source, inside)
  for (const [link, target] of profile.runtime.links) options.push('--symlink', target, link)
  if (profile.hosts.length > 0) options.push('--ro-bind-data', String(descriptors.hosts), '/etc/hosts')

  options.push(...(ownProcesses ? ['--bind', '/proc', '/proc'] : ['--proc', '/proc']))
  options.push('--ro-bind', '/proc/sys', '/proc/sys')
  options.push(...deviceOptions)
  options.push('--size', String(SCRATCH_BYTES), '--tmpfs', '/dev/shm')
  if (profile.graphics) options.push(...(await graphicsOptions()))
  options.push('--remount-ro', '/dev')
  options.push('--size', String(SCRATCH_BYTES), '--tmpfs', '/tmp')
  options.push('--dir', '/home/skill')

  const own = stageByFolder(await skillBinds(profile.skillFolder, profile.state), 'skill')
  options.push('--dir', '/skill')
  for (const [source, inside] of [...own.folders, ...own.alone]) bind('--ro-bind', source, inside)
  for (const { inside, host } of profile.state) bind('--bind', host, `/skill/${inside}`)
  for (const { source, path, writable } of profile.paths)
    bind(writable ? '--bind' : '--ro-bind', source, path)

  options.push('--ro-bind', launcher, launcherInside, '--chdir', '/skill')

  const { limits, runtime } = profile
  const same = [
    ...profile.state.map(({ inside, identity }) => ({ identity, path: `/skill/${inside}` })),
    ...profile.paths,
  ].flatMap(({ identity, path }) => (identity === undefined ? [] : [`${identity}:${path}`]))
  const writable = [
    ...profile.state.map(({ inside }) => `/skill/${inside}`),
    ...profile.paths.filter((chosen) => chosen.writable).map(({ path }) => path),
  ]
  // It stands for this very process as long as that lives.
  const { ino: outside } = statSync('/proc/self/ns/pid')
  const words = [
    ...['--outside', String(outside)],
    ...[
      '--ipc',
      String(descriptors.ipc),
      '--report',
      String(descriptors.report),
      '--port',
      String(proxyPort),
    ],
    ...directPorts(profile.hosts).flatMap((port) => ['--direct', String(port)]),
    ...['--memory', String(limits.memoryBytes), '--processes', String(limits.processes)],
    ...['--files', String(limits.openFiles), '--file-size', String(limits.fileSizeBytes)],
    ...['--written', String(limits.writtenBytes)],
    ...same.flatMap((one) => ['--same', one]),
    ...writable.flatMap((path) => ['--writable', path]),
    ...['--lookups', profile.runtime.hasShell ? '1' : '0', '--wait', '1'],
    ...noexec.flatMap((path) => ['--noexec', path]),
    ...[...system.placed, ...own.placed].flatMap(([from, onto]) => ['--from', from, '--onto', onto]),
    ...[...system.folders, ...own.folders].flatMap(([, stage]) => ['--stage', stage]),
    ...runtime.executables.flatMap((path) => ['--program', path]),
    '--',
    ...profile.command,
  ]
  return { options, command: [launcherInside, '--words', String(descriptors.words)], words }
}

function environmentOf(profile: SandboxProfile): Record<string, string> {
  const proxy = `http://127.0.0.1:${proxyPort}`
  const programFolders = new Set([
    '/usr/bin',
    '/bin',
    ...profile.runtime.executables.map((path) => dirname(path)),
  ])
  return {
    PATH: [...programFolders].join(':'),
    HOME: '/home/skill',
    TMPDIR: '/tmp',
    LANG: 'C.UTF-8',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
    // Without approval the proxy is there all the same: it says no, and the receipt can name the host.
    http_proxy: proxy,
    https_proxy: proxy,
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    NODE_USE_ENV_PROXY: '1',
    ...profile.environment,
  }
}

/**
 * Binds a skill's folder entry by entry where one of its state folders needs a place among them:
 * a read-only bind of the whole could hold no mount point that the skill doesn't ship.
 */
async function skillBinds(
  folder: string,
  state: readonly StateFolder[],
  below = '',
): Promise<[string, string][]> {
  if (state.length === 0) return [[folder, '/skill']]
  const binds: [string, string][] = []
  for (const entry of await readdir(join(folder, below))) {
    const relative = below ? `${below}/${entry}` : entry
    if (state.some(({ inside }) => inside === relative)) continue
    if (state.some(({ inside }) => inside.startsWith(`${relative}/`)))
      binds.push(...(await skillBinds(folder, state, relative)))
    else binds.push([join(folder, relative), `/skill/${relative}`])
  }
  return binds
}

/** Those of `paths` that this computer has: where they lie, links resolved, and where programs look for them. */
function presentOf(paths: readonly string[]): [string, string][] {
  return paths.flatMap((path): [string, string][] => {
    try {
      return [[realpathSync.native(path), path]]
    } catch {
      return []
    }
  })
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
