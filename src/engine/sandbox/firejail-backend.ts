import { userInfo } from 'node:os'
import { isAbsolute, relative } from 'node:path'
import type { SandboxBackend } from './backend.ts'
import { bubblewrapCommand, descriptors } from './bubblewrap.ts'
import { relayBeside } from './relay.ts'
import type { SandboxProfile } from './profile.ts'
import { sandboxWords } from './words.ts'

/** System calls that neither bubblewrap nor the launcher needs, closed before either of them starts. */
const closedSystemCalls = [
  ...['@clock', '@module', '@raw-io', '@reboot', '@swap', '@cpu-emulation', '@obsolete'],
  ...['bpf', 'perf_event_open', 'userfaultfd', 'ptrace', 'process_vm_writev', 'kcmp', 'pidfd_getfd'],
  ...['add_key', 'request_key', 'keyctl', 'io_uring_setup', 'io_uring_enter', 'io_uring_register'],
  ...['open_by_handle_at', 'fanotify_init', 'kexec_load', 'kexec_file_load', 'acct', 'syslog', 'quotactl'],
]

/** Sockets and keys that stay out of reach even for what might come through bubblewrap. `~`: the home folder. */
const hidden = [
  ...['/run/user', '/run/dbus', '/run/systemd', '/run/docker.sock', '/run/containerd'],
  ...['/tmp/.X11-unix', '/tmp/.ICE-unix'],
  ...['~/.ssh', '~/.gnupg', '~/.local/share/keyrings'],
]

/**
 * firejail (0.9.72 or newer) around bubblewrap around the launcher. firejail alone can't build the tree that a profile
 * describes; it gives namespaces of its own, made without the user's rights, no capabilities, a system call filter
 * that somebody else wrote, and a second look at what is hidden.
 */
export function createFirejailBackend(
  firejail: string,
  bubblewrap: string,
  launcher: string,
): SandboxBackend {
  return {
    name: 'firejail',
    program: firejail,
    relay: relayBeside(launcher),
    async command(profile) {
      const { command, options } = await bubblewrapCommand(launcher, profile.graphics, { ownProcesses: true })
      return {
        args: [
          ...firejailOptions(profile),
          // Not after "--": firejail would have it started by the user's own shell.
          ...[bubblewrap, '--args', String(descriptors.options), '--', ...command],
        ],
        options,
        words: await sandboxWords(profile),
      }
    },
  }
}

function firejailOptions(profile: SandboxProfile): string[] {
  const chosen = [...profile.paths.map(({ source }) => source), ...profile.state.map(({ host }) => host)]
  return [
    // A killed firejail leaves its file in /run, which the next one deletes only if the sandbox had a name.
    ...['--quiet', '--noprofile', '--name=skillet'],
    ...['--deterministic-exit-code', '--deterministic-shutdown'],
    `--keep-fd=${Object.values(descriptors).join(',')}`,
    ...['--net=none', '--ipc-namespace', '--caps.drop=all', '--nonewprivs'],
    ...[`--seccomp.drop=${closedSystemCalls.join(',')}`, '--seccomp.block-secondary'],
    ...['--dbus-user=none', '--dbus-system=none'],
    // firejail's own ideas of what of the home folder and of /var a program needs; the profile says it exactly.
    ...['--allusers', '--writable-var', '--keep-var-tmp'],
    ...hidden
      .filter((path) => !chosen.some((one) => overlaps(one, path.replace('~', userInfo().homedir))))
      // The skill sees this line and needn't learn the person's name.
      .map((path) => `--blacklist=${path.replace('~', '${HOME}')}`),
  ]
}

function overlaps(one: string, other: string): boolean {
  return isWithin(one, other) || isWithin(other, one)
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return !way.startsWith('..') && !isAbsolute(way)
}
