import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { descriptors } from '../../../../src/engine/sandbox/bubblewrap.ts'
import { createFirejailBackend } from '../../../../src/engine/sandbox/firejail-backend.ts'
import { fixedLimits, type SandboxProfile } from '../../../../src/engine/sandbox/profile.ts'

const skillFolder = mkdtempSync(join(tmpdir(), 'skillet-firejail-'))
const { homedir } = userInfo()
afterAll(() => rmSync(skillFolder, { recursive: true, force: true }))

const profile: SandboxProfile = {
  skillFolder,
  state: [],
  paths: [],
  runtime: { binds: new Map(), links: new Map(), executables: [], hasShell: false },
  command: ['/usr/bin/python3', '-c', 'a word of the skill'],
  environment: { EXAMPLE_API_KEY: 'a-key' },
  hosts: [],
  graphics: false,
  limits: { ...fixedLimits, timeoutMs: 1000, memoryBytes: 1e8 },
}
const command = (change: Partial<SandboxProfile> = {}) =>
  createFirejailBackend('/usr/bin/firejail', '/usr/bin/bwrap', '/opt/launcher').command({
    ...profile,
    ...change,
  })

test('everybody may read its command line: neither keys, words of the skill nor the person’s name are on it', async () => {
  const { args, options, words } = await command({
    paths: [{ path: `${homedir}/figures`, source: `${homedir}/figures`, writable: false }],
  })
  const line = args.join(' ')
  for (const secret of ['a-key', 'a word of the skill', skillFolder, 'figures', `${homedir}/`])
    expect(line).not.toContain(secret)
  expect(options.join(' ')).not.toContain('a-key')
  expect(words).toContain('EXAMPLE_API_KEY=a-key')
  expect(words).toContain('a word of the skill')
})

test('its own limit of 128 words is far, however many folders were chosen', async () => {
  const paths = Array.from({ length: 500 }, (_, i) => ({
    path: `/srv/${i}`,
    source: `/srv/${i}`,
    writable: false,
  }))
  expect((await command({ paths })).args.length).toBeLessThan(60)
})

test('bubblewrap gets each descriptor, and is started by firejail itself, not by a shell', async () => {
  const { args } = await command()
  expect(args).toContain(`--keep-fd=${Object.values(descriptors).join(',')}`)
  expect(args.indexOf('--')).toBeGreaterThan(args.indexOf('/usr/bin/bwrap'))
})

test('within firejail bubblewrap keeps the namespace of processes that is there', async () => {
  const { options } = await command()
  expect(options).not.toContain('--unshare-all')
  expect(options).not.toContain('--unshare-pid')
  expect(options).not.toContain('--proc')
  for (const kind of ['user', 'net', 'ipc', 'uts']) expect(options).toContain(`--unshare-${kind}`)
})

test('keys and sockets are hidden, unless the person chose just these', async () => {
  const hidden = '--blacklist=${HOME}/.ssh'
  const chosen = (source: string) => command({ paths: [{ path: source, source, writable: false }] })
  expect((await command()).args).toContain(hidden)
  expect((await chosen(`${homedir}/.sshx`)).args).toContain(hidden)
  expect((await chosen(`${homedir}/.ssh`)).args).not.toContain(hidden)
  expect((await chosen(`${homedir}/.ssh/config`)).args).not.toContain(hidden)
  expect((await chosen(homedir)).args).not.toContain(hidden)
  expect((await chosen(homedir)).args).toContain('--blacklist=/run/user')
})

test('what firejail itself closes stands outside bubblewrap, whatever that would let through', async () => {
  const { args } = await command()
  for (const wall of ['--net=none', '--ipc-namespace', '--caps.drop=all', '--nonewprivs', '--noprofile'])
    expect(args).toContain(wall)
  for (const wall of ['--seccomp.block-secondary', '--dbus-user=none', '--dbus-system=none'])
    expect(args).toContain(wall)
  const closed = args
    .find((word) => word.startsWith('--seccomp.drop='))
    ?.replace(/^.*=/, '')
    .split(',')
  expect(closed).toEqual(
    expect.arrayContaining([
      ...['@clock', '@module', '@raw-io', '@reboot', '@swap', '@cpu-emulation', '@obsolete'],
      ...['bpf', 'perf_event_open', 'userfaultfd', 'ptrace', 'process_vm_writev', 'kcmp', 'pidfd_getfd'],
      ...['add_key', 'request_key', 'keyctl', 'io_uring_setup', 'io_uring_enter', 'io_uring_register'],
      ...[
        'open_by_handle_at',
        'fanotify_init',
        'kexec_load',
        'kexec_file_load',
        'acct',
        'syslog',
        'quotactl',
      ],
    ]),
  )
})
