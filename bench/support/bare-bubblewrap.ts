import { existsSync, realpathSync } from 'node:fs'
import type { Runtime } from '../../src/engine/sandbox/runtime.ts'

const scratch = String(64 * 1024 * 1024)

/**
 * The bubblewrap command line that a careful person would write for one program: an empty root, the program and the
 * libraries that it loads, everything unshared, no capabilities. No proxy, no limits, no receipt, no checks.
 */
export function bareBubblewrap(runtime: Runtime, skillFolder: string, command: readonly string[]): string[] {
  const libraries = [...runtime.binds].flatMap(([source, inside]) => ['--ro-bind', source, inside])
  const links = [...runtime.links].flatMap(([link, target]) => ['--symlink', target, link])
  const data = ['/etc/ld.so.cache', '/usr/lib/locale/C.utf8', '/usr/share/zoneinfo', '/etc/localtime']
    .filter((path) => existsSync(path))
    .flatMap((path) => ['--ro-bind', realpathSync(path), path])
  return [
    ...['--unshare-all', '--unshare-user', '--disable-userns', '--die-with-parent', '--new-session'],
    ...['--cap-drop', 'ALL', '--uid', '1000', '--gid', '1000', '--hostname', 'skillet', '--clearenv'],
    ...[
      '--setenv',
      'PATH',
      '/usr/bin:/bin',
      '--setenv',
      'HOME',
      '/home/skill',
      '--setenv',
      'LANG',
      'C.UTF-8',
    ],
    ...['--size', scratch, '--tmpfs', '/', ...libraries, ...links, ...data],
    ...['--proc', '/proc', '--ro-bind', '/proc/sys', '/proc/sys', '--dev', '/dev'],
    ...[
      '--size',
      scratch,
      '--tmpfs',
      '/dev/shm',
      '--remount-ro',
      '/dev',
      '--size',
      scratch,
      '--tmpfs',
      '/tmp',
    ],
    ...['--dir', '/home/skill', '--ro-bind', skillFolder, '/skill', '--remount-ro', '/', '--chdir', '/skill'],
    '--',
    ...command,
  ]
}
