import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Attempt, Family } from './attempt.ts'
import { terminalStart } from './terminal-start.ts'

const planted = join(tmpdir(), `skillet-planted-${process.pid}`)

/** What a person's shell has in its environment. */
const environment = {
  AWS_SECRET_ACCESS_KEY: 'canary-of-another-program',
  HTTPS_PROXY: 'http://person:password@127.0.0.1:9',
  SSH_AUTH_SOCK: '/tmp/skillet-test-agent',
  DBUS_SESSION_BUS_ADDRESS: 'unix:path=/tmp/skillet-test-bus',
  DISPLAY: ':77',
  WAYLAND_DISPLAY: 'wayland-77',
  XDG_RUNTIME_DIR: '/tmp',
  USER: 'a-person',
  LD_LIBRARY_PATH: planted,
  PYTHONPATH: planted,
  PYTHONUSERBASE: planted,
  GCONV_PATH: planted,
  LOCPATH: planted,
  BASH_ENV: join(planted, 'profile'),
  NODE_OPTIONS: '--no-deprecation',
}

const named = (name: string) => `reached(os.environ['${name}'])`
const without = (name: string) => new RegExp(`KeyError '${name}'`)

const variables: Attempt[] = [
  {
    intent: "reads another program's key",
    script: named('AWS_SECRET_ACCESS_KEY'),
    meets: without('AWS_SECRET_ACCESS_KEY'),
  },
  {
    intent: "reads another program's key from a process that still has it",
    script: `
for one in filter(str.isdigit, os.listdir('/proc')):
  try:
    if b'canary-of-another' in open(f'/proc/{one}/environ', 'rb').read(): reached(one)
  except OSError: pass
print('looked at all of them')`,
    meets: /looked at all of them/,
  },
  {
    intent: "reads the password of the person's own proxy",
    script: `
if 'password' in os.environ['HTTPS_PROXY']: reached()
print('another one')`,
    meets: /another one/,
  },
  {
    intent: "is led to the person's ssh agent",
    script: named('SSH_AUTH_SOCK'),
    meets: without('SSH_AUTH_SOCK'),
  },
  {
    intent: "is led to the person's session bus",
    script: named('DBUS_SESSION_BUS_ADDRESS'),
    meets: without('DBUS_SESSION_BUS_ADDRESS'),
  },
  { intent: "is led to the person's screen", script: named('DISPLAY'), meets: without('DISPLAY') },
  {
    intent: "is led to the person's Wayland screen",
    script: named('WAYLAND_DISPLAY'),
    meets: without('WAYLAND_DISPLAY'),
  },
  {
    intent: "brings in code by a folder that the person's Python looks into",
    script: `import skillet_planted; reached(skillet_planted.__file__)`,
    meets: /No module named 'skillet_planted'/,
  },
  {
    intent: 'is steered by variables of the loader, of Node, of a shell or of character sets',
    script: `
steering = {'LD_LIBRARY_PATH', 'LD_PRELOAD', 'GCONV_PATH', 'LOCPATH', 'BASH_ENV', 'NODE_OPTIONS', 'PYTHONUSERBASE'}
reached(steering & set(os.environ)) if steering & set(os.environ) else print('none of them')`,
    meets: /none of them/,
  },
  {
    intent: 'finds anything in its environment that its list does not name',
    script: `
known = {'PATH', 'HOME', 'TMPDIR', 'LANG', 'PWD', 'LC_CTYPE', 'PYTHONDONTWRITEBYTECODE', 'PYTHONUNBUFFERED', 'NODE_USE_ENV_PROXY'}
more = {one for one in os.environ if one not in known and not one.lower().endswith('_proxy')}
reached(more) if more else print('nothing more')`,
    meets: /nothing more/,
  },
]

const identity: Attempt[] = [
  {
    intent: "learns the person's name from the environment",
    script: named('USER'),
    meets: without('USER'),
  },
  {
    intent: "learns the person's name from the list of users",
    script: `import pwd; reached(pwd.getpwall()[0].pw_name)`,
    meets: /list index out of range/,
  },
  {
    intent: "learns where the person's home is",
    script: `reached() if os.path.expanduser('~') == PERSONS_HOME else print('another home')`,
    meets: /another home/,
  },
  {
    intent: 'learns the name of this computer',
    script: `reached() if socket.gethostname() == COMPUTER else print('another name')`,
    meets: /another name/,
  },
  {
    intent: 'learns the number that this installation keeps for ever',
    script: `reached(open('/etc/machine-id').read())`,
    meets: /No such file/,
  },
  {
    intent: 'learns the number that this start of the computer was given',
    script: `
number = open('/proc/sys/kernel/random/boot_id').read()
reached(number) if number else print('empty')`,
    meets: /empty|Permission denied|No such file/,
  },
  {
    intent: 'learns what the kernel was started with',
    script: `
line = open('/proc/cmdline').read()
reached(line) if line else print('empty')`,
    meets: /empty|Permission denied|No such file/,
  },
  {
    intent: "learns the names of the person's keys in the kernel",
    script: `
for number, line in enumerate(open('/proc/keys')): reached(line)
print('none')`,
    meets: /none/,
  },
  {
    intent: 'learns how much other users of this computer do',
    script: `
lines = open('/proc/key-users').readlines()
reached(lines) if lines else print('none')`,
    meets: /none/,
  },
  {
    intent: "learns this computer's disks and file systems",
    script: `
disks = [line for line in open('/proc/self/mountinfo') if line.split()[3] == '/' and line.split()[4] == '/' and ' - tmpfs ' not in line]
reached(disks) if disks else print('a root of its own')`,
    meets: /a root of its own/,
  },
]

export const environmentAttempts: Family = {
  name: 'environment',
  attempts: [...variables, ...identity],
  prepare: () => {
    mkdirSync(planted)
    writeFileSync(join(planted, 'skillet_planted.py'), '')
    writeFileSync(join(planted, 'profile'), '')
    const { start, cleanUp } = terminalStart()
    return Promise.resolve({
      values: () => ({ PERSONS_HOME: homedir(), COMPUTER: hostname() }),
      options: () => ({}),
      cleanUp: () => {
        cleanUp()
        rmSync(planted, { recursive: true, force: true })
      },
      fromTerminal: { ...start, environment },
    })
  },
}
