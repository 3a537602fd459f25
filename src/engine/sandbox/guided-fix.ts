import { readFile } from 'node:fs/promises'

/** What is in the way, and the step that puts it right: lines of plain words, each with a command after a colon or none. */
export interface Obstacle {
  readonly problem: string
  readonly fix: string
}

/** The content of a file under /proc or /sys, trimmed; null where it doesn't exist. */
export type ReadSetting = (path: string) => Promise<string | null>

export const readSetting: ReadSetting = async (path) =>
  readFile(path, 'utf8').then(
    (text) => text.trim(),
    // Missing, or not for this user: either way it says nothing.
    () => null,
  )

/**
 * Why a sandbox could not be built here, most certain causes first, from what it said and how the kernel is set.
 * Null for a cause that isn't known.
 */
export async function findObstacle(complaint: string, read: ReadSetting): Promise<Obstacle | null> {
  if ((await read('/proc/self/status')) === null)
    return {
      problem: 'The system’s folder /proc is missing, which no sandbox can do without.',
      fix: 'Mount it: sudo mount -t proc proc /proc',
    }
  return (
    firejailObstacle(complaint, await read('/proc/self/status')) ??
    (await switchedOff(read)) ??
    (await appArmor(complaint, read)) ??
    (await inContainer(complaint, read))
  )
}

function firejailObstacle(complaint: string, status: string | null): Obstacle | null {
  if (/invalid .*--keep-fd|--keep-fd.*(invalid|unrecognized)/i.test(complaint))
    return {
      problem: 'The firejail on this computer is too old: Skillet needs 0.9.72 or newer.',
      fix: 'Install a newer one: sudo apt install firejail',
    }
  if (/not allowed to run|firejail\.users|use of Firejail is restricted/i.test(complaint))
    return {
      problem: 'Only certain people may use firejail on this computer, and you are not among them.',
      fix: 'Ask an administrator to add you: sudo firecfg --add-users "$USER"',
    }
  if (/needs to be SUID|cannot set.*uid/i.test(complaint))
    return /^NoNewPrivs:\s+1$/m.test(status ?? '')
      ? {
          problem: 'Skillet was itself started in a sandbox in which firejail cannot work.',
          fix: 'Start Skillet from the desktop or from an ordinary terminal.',
        }
      : {
          problem: 'firejail is installed without the rights that it needs.',
          fix: 'Install it again: sudo apt install --reinstall firejail',
        }
  if (/run\/firejail\/mnt/.test(complaint))
    return {
      problem:
        'firejail does not make sandboxes here, because Skillet runs in a container or in a sandbox already.',
      fix: 'Start Skillet outside of it, or choose a skill that doesn’t ask for firejail.',
    }
  return null
}

/** Settings that keep everybody from making namespaces. */
async function switchedOff(read: ReadSetting): Promise<Obstacle | null> {
  const settings = [
    { name: 'user.max_user_namespaces', off: '0', on: '10000' },
    { name: 'kernel.unprivileged_userns_clone', off: '0', on: '1' },
    ...['pid', 'net', 'ipc', 'mnt', 'uts'].map((kind) => ({
      name: `user.max_${kind}_namespaces`,
      off: '0',
      on: '10000',
    })),
  ]
  for (const { name, off, on } of settings)
    if ((await read(`/proc/sys/${name.replaceAll('.', '/')}`)) === off)
      return {
        problem: `This computer’s settings don’t let ordinary programs make sandboxes (${name} is ${off}).`,
        fix: [
          `Allow it now: sudo sysctl -w ${name}=${on}`,
          `Keep it after a restart: sudo sh -c 'echo ${name}=${on} > /etc/sysctl.d/90-skillet.conf'`,
        ].join('\n'),
      }
  return null
}

/** Ubuntu 23.10 and newer. */
async function appArmor(complaint: string, read: ReadSetting): Promise<Obstacle | null> {
  if ((await read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns')) !== '1') return null
  // Its own profile lets bubblewrap build a sandbox but takes away what Skillet's part inside needs to complete it.
  const stock = (await read('/etc/apparmor.d/bwrap-userns-restrict')) !== null
  const completing = /could not be completed/.test(complaint)
  return {
    problem:
      stock && completing
        ? 'The system’s own rule for bubblewrap (AppArmor) allows less than Skillet’s sandbox needs.'
        : 'This system (AppArmor) keeps ordinary programs from making sandboxes unless a rule allows it.',
    fix: [
      ...(stock
        ? [
            'Put the system’s own rule out of use: sudo apparmor_parser -R /etc/apparmor.d/bwrap-userns-restrict',
            'Keep it so: sudo ln -s /etc/apparmor.d/bwrap-userns-restrict /etc/apparmor.d/disable/',
          ]
        : []),
      'Write a rule for bubblewrap alone: skillet doctor --apparmor-profile | sudo tee /etc/apparmor.d/skillet-bwrap',
      'Load it: sudo apparmor_parser -r /etc/apparmor.d/skillet-bwrap',
    ].join('\n'),
  }
}

async function inContainer(complaint: string, read: ReadSetting): Promise<Obstacle | null> {
  const docker = (await read('/.dockerenv')) !== null
  const podman = (await read('/run/.containerenv')) !== null
  if (/mount proc on/i.test(complaint))
    return {
      problem: 'Skillet runs in a container that hides parts of /proc, so no sandbox can have its own.',
      fix:
        docker || !podman
          ? 'Start the container with: --security-opt systempaths=unconfined'
          : 'Start the container with: --security-opt unmask=ALL',
    }
  const filtered = /^Seccomp:\s+[12]$/m.test((await read('/proc/self/status')) ?? '')
  if (docker || podman || filtered)
    return {
      problem: 'Skillet runs in a container or a sandbox that lets nothing inside make a sandbox of its own.',
      fix: 'Start Skillet outside of it, or start the container with: --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined',
    }
  return null
}
