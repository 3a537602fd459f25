import { expect, test } from 'vitest'
import { findObstacle } from '../../../../src/engine/sandbox/guided-fix.ts'

const ordinary = {
  '/proc/self/status': 'Name:\tnode\nNoNewPrivs:\t0\nSeccomp:\t0',
  '/proc/self/uid_map': '0          0 4294967295',
  '/proc/sys/user/max_user_namespaces': '96365',
}

/** What bubblewrap, firejail and the launcher say, as seen, and the settings of the kernel there. */
const seen: [string, string, Record<string, string>, RegExp, RegExp][] = [
  [
    'Ubuntu 24.04, which has no rule for bubblewrap',
    'bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted',
    { ...ordinary, '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1' },
    /AppArmor.*unless a rule allows it/,
    /skillet doctor --apparmor-profile \| sudo tee \/etc\/apparmor\.d\/skillet-bwrap\n.*sudo apparmor_parser -r/,
  ],
  [
    'Ubuntu 25.04, whose rule leaves what bubblewrap starts without rights',
    'The sandbox could not be completed (noexec mount, error 13). Nothing was run.',
    {
      ...ordinary,
      '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1',
      '/etc/apparmor.d/bwrap-userns-restrict': 'profile bwrap /usr/bin/bwrap {}',
    },
    /own rule for bubblewrap/,
    /sudo apparmor_parser -R [^\n]*bwrap-userns-restrict\n[\s\S]*apparmor\.d\/skillet-bwrap/,
  ],
  [
    'an old Debian or a hardened kernel',
    'bwrap: No permissions to create new namespace',
    { ...ordinary, '/proc/sys/kernel/unprivileged_userns_clone': '0' },
    /kernel\.unprivileged_userns_clone is 0/,
    /sudo sysctl -w kernel\.unprivileged_userns_clone=1\n[\s\S]*sysctl\.d/,
  ],
  [
    'user namespaces switched off',
    'bwrap: Creating new namespace failed: No space left on device',
    { ...ordinary, '/proc/sys/user/max_user_namespaces': '0' },
    /user\.max_user_namespaces is 0/,
    /sudo sysctl -w user\.max_user_namespaces=10000/,
  ],
  [
    'network namespaces switched off',
    'bwrap: Creating new namespace failed: No space left on device',
    { ...ordinary, '/proc/sys/user/max_net_namespaces': '0' },
    /user\.max_net_namespaces is 0/,
    /sudo sysctl -w user\.max_net_namespaces=10000/,
  ],
  [
    'no more namespaces',
    'bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)',
    ordinary,
    /allows no other one inside/,
    /ordinary terminal/,
  ],
  [
    'Docker',
    'bwrap: No permissions to create new namespace, likely because the kernel does not allow non-privileged user namespaces.',
    { ...ordinary, '/proc/self/status': 'NoNewPrivs:\t0\nSeccomp:\t2', '/.dockerenv': '' },
    /container/,
    /outside[\s\S]*--security-opt seccomp=unconfined/,
  ],
  [
    'Docker without its filter',
    "bwrap: Can't mount proc on /newroot/proc: Operation not permitted",
    { ...ordinary, '/.dockerenv': '' },
    /hides parts of \/proc/,
    /systempaths=unconfined/,
  ],
  [
    'Podman',
    "bwrap: Can't mount proc on /newroot/proc: Operation not permitted",
    { ...ordinary, '/run/.containerenv': '' },
    /hides parts of \/proc/,
    /unmask=ALL/,
  ],
  ['no /proc', '', {}, /\/proc is missing/, /sudo mount -t proc proc \/proc/],
  [
    'firejail before 0.9.72',
    'Error: invalid --keep-fd=3,4,5,6,7 command line option',
    ordinary,
    /too old/,
    /sudo apt install firejail/,
  ],
  [
    'firejail for chosen people',
    'Error: the user is not allowed to use Firejail.',
    ordinary,
    /Only certain people/,
    /sudo firecfg --add-users/,
  ],
  [
    'firejail where nothing gains rights',
    'Error: cannot create /run/firejail/name/11589',
    { ...ordinary, '/proc/self/status': 'NoNewPrivs:\t1\nSeccomp:\t0' },
    /started in a sandbox/,
    /ordinary terminal/,
  ],
  [
    'firejail without its rights',
    'Error: Firejail needs to be SUID.',
    ordinary,
    /lacks the rights/,
    /--reinstall firejail/,
  ],
  [
    'firejail that starts things without a sandbox',
    'The sandbox could not be completed (no process namespace, error 0). Nothing was run.',
    ordinary,
    /makes no sandbox here/,
    /doesn’t ask for firejail/,
  ],
]

test.each(seen)('%s', async (_name, complaint, settings, problem, fix) => {
  const obstacle = await findObstacle(complaint, async (path) => settings[path] ?? null)
  expect(obstacle?.problem).toMatch(problem)
  expect(obstacle?.fix).toMatch(fix)
})

test('what isn’t known is not explained', async () => {
  const settings: Record<string, string> = {
    ...ordinary,
    '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1',
    '/.dockerenv': '',
  }
  const complaint = 'bwrap: Can’t find source path /gone: No such file or directory'
  expect(await findObstacle(complaint, async (path) => settings[path] ?? null)).toBe(null)
})
