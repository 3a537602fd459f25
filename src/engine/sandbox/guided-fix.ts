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
  const status = await read('/proc/self/status')
  if (status === null)
    return {
      problem: 'The system’s folder /proc is missing, which no sandbox can do without.',
      fix: 'Mount it: sudo mount -t proc proc /proc',
    }
  return (
    firejailObstacle(complaint, status, await read('/proc/self/uid_map')) ??
    (await switchedOff(read)) ??
    usedUp(complaint) ??
    (await appArmor(complaint, read)) ??
    (await inContainer(complaint, status, read))
  )
}

function firejailObstacle(complaint: string, status: string, users: string | null): Obstacle | null {
  if (/invalid --keep-fd/i.test(complaint))
    return {
      problem: 'The firejail on this computer is too old: Skillet needs 0.9.72 or newer.',
      fix: 'Install a newer one: sudo apt install firejail',
    }
  if (/not allowed to use firejail/i.test(complaint))
    return {
      problem: 'Only certain people may use firejail on this computer, and you are not among them.',
      fix: 'Ask an administrator to add you: sudo firecfg --add-users "$USER"',
    }
  if (/main\.c:|util\.c:|\/run\/firejail\/|needs to be SUID/.test(complaint))
    return /^NoNewPrivs:\s+1$/m.test(status) || !/^\s*0\s+0\s+4294967295$/.test(users ?? '')
      ? {
          problem: 'Skillet was itself started in a sandbox, in which firejail cannot work.',
          fix: 'Start Skillet from the desktop or from an ordinary terminal.',
        }
      : {
          problem: 'firejail lacks the rights that it needs.',
          fix: 'Install it again: sudo apt install --reinstall firejail',
        }
  if (/no process namespace/.test(complaint))
    return {
      problem: 'firejail makes no sandbox here, because Skillet runs in a container or a sandbox already.',
      fix: 'Start Skillet outside of it, or choose a skill that doesn’t ask for firejail.',
    }
  return null
}

/** Settings that keep everybody from making namespaces. */
async function switchedOff(read: ReadSetting): Promise<Obstacle | null> {
  const kinds = ['user', 'pid', 'net', 'ipc', 'mnt', 'uts']
  const settings = [
    { name: 'kernel.unprivileged_userns_clone', on: '1' },
    ...kinds.map((kind) => ({ name: `user.max_${kind}_namespaces`, on: '10000' })),
  ]
  for (const { name, on } of settings)
    if ((await read(`/proc/sys/${name.replaceAll('.', '/')}`)) === '0')
      return {
        problem: `This computer’s settings don’t let ordinary programs make sandboxes (${name} is 0).`,
        fix: [
          `Allow it now: sudo sysctl -w ${name}=${on}`,
          `Keep it after a restart: sudo sh -c 'echo ${name}=${on} > /etc/sysctl.d/90-skillet.conf'`,
        ].join('\n'),
      }
  return null
}

function usedUp(complaint: string): Obstacle | null {
  if (!/ENOSPC|No space left on device|error 28\b/.test(complaint)) return null
  return {
    problem:
      'Skillet was started in a sandbox that allows no other one inside, or this computer has too many.',
    fix: [
      'Start Skillet from the desktop or from an ordinary terminal.',
      'Where that is so already, allow more: sudo sysctl -w user.max_user_namespaces=10000',
    ].join('\n'),
  }
}

/** Ubuntu 23.10 and newer. */
async function appArmor(complaint: string, read: ReadSetting): Promise<Obstacle | null> {
  if ((await read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns')) !== '1') return null
  if (!/not permitted|denied|could not be completed/i.test(complaint)) return null
  // Ubuntu's own lets bubblewrap build a sandbox but takes away what Skillet's part inside needs to complete it.
  const stock = '/etc/apparmor.d/bwrap-userns-restrict'
  const isThere = (await read(stock)) !== null
  return {
    problem: isThere
      ? 'The system’s own rule for bubblewrap (AppArmor) allows less than Skillet’s sandbox needs.'
      : 'This system (AppArmor) keeps ordinary programs from making sandboxes unless a rule allows it.',
    fix: [
      ...(isThere
        ? [
            `Put that rule out of use: sudo apparmor_parser -R ${stock}`,
            `Keep it so: sudo ln -s ${stock} /etc/apparmor.d/disable/`,
          ]
        : []),
      'Write a rule for bubblewrap: skillet doctor --apparmor-profile | sudo tee /etc/apparmor.d/skillet-bwrap',
      'Load it: sudo apparmor_parser -r /etc/apparmor.d/skillet-bwrap',
    ].join('\n'),
  }
}

async function inContainer(complaint: string, status: string, read: ReadSetting): Promise<Obstacle | null> {
  const docker = (await read('/.dockerenv')) !== null
  const podman = (await read('/run/.containerenv')) !== null
  if (/mount proc on/i.test(complaint))
    return {
      problem:
        'Skillet runs in a container or a sandbox that hides parts of /proc, so no other one can work inside.',
      fix: [
        'Start Skillet outside of it.',
        `Or start the container with: --security-opt ${podman && !docker ? 'unmask=ALL' : 'systempaths=unconfined'}`,
      ].join('\n'),
    }
  const filtered = /^Seccomp:\s+[12]$/m.test(status)
  if (/new namespace|not permitted/i.test(complaint) && (docker || podman || filtered))
    return {
      problem: 'Skillet runs in a container or a sandbox that lets nothing inside make a sandbox of its own.',
      fix: [
        'Start Skillet outside of it.',
        'Or start the container with: --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined',
      ].join('\n'),
    }
  return null
}
