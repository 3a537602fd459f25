import { realpathSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { directPorts, hostsFile } from './direct-hosts.ts'
import { proxyPort, type SandboxProfile, type StateFolder } from './profile.ts'

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

/** How the launcher binds: `system` may be executed, `own` may be written, the rest is only read. */
type Kind = 'system' | 'given' | 'own'

/**
 * What the launcher is told about one run, in the order in which it does it: what is bound into the empty root, what the
 * skill is held to, and its command.
 */
export async function sandboxWords(profile: SandboxProfile): Promise<string[]> {
  const { limits, runtime, state, paths, hosts } = profile
  const bind = (kind: Kind, from: string, onto: string, identity = '') => [
    ...['--from', from, '--onto', onto],
    ...['--as', kind, '--same', identity],
  ]
  const data = presentOf(hosts.length > 0 ? [...sharedData, ...certificates] : sharedData)
  return [
    ...[...runtime.links].flatMap(([link, target]) => ['--link', link, '--target', target]),
    ...(hosts.length > 0 ? ['--file', '/etc/hosts', '--text', hostsFile(hosts)] : []),
    ...Object.entries(profile.files ?? {}).flatMap(([path, text]) => ['--file', path, '--text', text]),
    ...[...runtime.binds, ...data].flatMap(([source, inside]) => bind('system', source, inside)),
    ...(await skillBinds(profile.skillFolder, state)).flatMap(([source, inside]) =>
      bind('given', source, inside),
    ),
    ...state.flatMap(({ inside, host, identity }) => bind('own', host, `/skill/${inside}`, identity)),
    ...paths.flatMap(({ source, path, writable, identity }) =>
      bind(writable ? 'own' : 'given', source, path, identity),
    ),
    ...directPorts(hosts).flatMap((port) => ['--direct', String(port)]),
    ...['--memory', String(limits.memoryBytes), '--processes', String(limits.processes)],
    ...['--files', String(limits.openFiles), '--file-size', String(limits.fileSizeBytes)],
    ...['--written', String(limits.writtenBytes), '--lookups', runtime.hasShell ? '1' : '0'],
    ...runtime.executables.flatMap((path) => ['--program', path]),
    ...Object.entries(environmentOf(profile)).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    '--',
    ...profile.command,
  ]
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
    PWD: '/skill',
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
