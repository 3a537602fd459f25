import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  backends,
  type Attempt,
  type Family,
  type Prepared,
  type StagedAttempt,
  type Surroundings,
} from './attempt.ts'

const home = homedir()
const sshFolder = join(home, '.ssh')
const sshKey = join(sshFolder, 'skillet-test-key')
const planted = join(home, `.skillet-test-${process.pid}`)
const scratch = join(tmpdir(), `skillet-escape-${process.pid}`)
const shm = `/dev/shm/skillet-test-${process.pid}`

const hidden = join(tmpdir(), `skillet-hidden-${process.pid}`)
/** Beside the skill's own place: one folder that it may keep things in, one that it may read, for each surroundings. */
const folder = (name: 'state' | 'readable' | 'skill', surroundings: Surroundings) =>
  join(scratch, `${name}-${surroundings}`)
const surroundingsHere: readonly Surroundings[] = ['nothing', ...backends]

async function prepare(): Promise<Prepared> {
  const madeSshFolder = !existsSync(sshFolder)
  mkdirSync(sshFolder, { recursive: true, mode: 0o700 })
  writeFileSync(sshKey, 'PRIVATE')
  for (const one of [scratch, hidden]) mkdirSync(one)
  writeFileSync(shm, 'PRIVATE')
  writeFileSync(join(hidden, 'record.json'), 'PRIVATE')
  for (const one of surroundingsHere) {
    for (const name of ['state', 'readable', 'skill'] as const) mkdirSync(folder(name, one))
    writeFileSync(join(folder('skill', one), 'tool.py'), 'print("tool")')
    for (const name of ['letter', 'opened', 'removed', 'renamed', 'linked', 'mode', 'marked', 'leased'])
      writeFileSync(join(folder('readable', one), name), 'letter')
  }
  return {
    values: (one) => ({
      HOME_FOLDER: home,
      SSH_KEY: sshKey,
      PLANTED: `${planted}-${one}`,
      SHM: shm,
      HIDDEN: hidden,
      READABLE: folder('readable', one),
      STATE: one === 'nothing' ? folder('state', one) : '/skill/state',
      SKILL: one === 'nothing' ? folder('skill', one) : '/skill',
    }),
    options: (one) => ({
      files: { 'tool.py': 'print("tool")' },
      state: [{ inside: 'state', host: folder('state', one) }],
      paths: [{ path: folder('readable', one), source: folder('readable', one), writable: false }],
    }),
    cleanUp: () => {
      rmSync(sshKey, { force: true })
      if (madeSshFolder) rmSync(sshFolder, { recursive: true, force: true })
      rmSync(shm, { force: true })
      for (const one of [scratch, hidden]) rmSync(one, { recursive: true, force: true })
      for (const one of surroundingsHere) rmSync(`${planted}-${one}`, { recursive: true, force: true })
    },
  }
}

const absent = /No such file or directory/
const readOnly = /Read-only file system/
const forbidden = /Operation not permitted/

const reading: Attempt[] = [
  {
    intent: "reads the person's SSH key",
    script: 'reached(open(SSH_KEY).read())',
    meets: absent,
    refused: { kind: 'read', what: sshKey },
  },
  {
    intent: 'lists the home folder',
    script: 'reached(os.listdir(HOME_FOLDER))',
    meets: absent,
    refused: { kind: 'read', what: home },
  },
  {
    intent: 'reads the list of users',
    script: `reached(open('/etc/passwd').read())`,
    meets: absent,
    refused: { kind: 'read', what: '/etc/passwd' },
  },
  { intent: 'walks up from the root', script: `reached(open('/../../../etc/passwd').read())`, meets: absent },
  {
    intent: 'reads through the root of its own process',
    script: `reached(open('/proc/self/root/etc/passwd').read())`,
    meets: absent,
  },
  {
    intent: 'reads through the root of the process that started it',
    script: `reached(open(f'/proc/{PARENT}/root{SSH_KEY}').read())`,
    meets: /Permission denied/,
  },
  {
    intent: 'reads through the working folder of the process that started it',
    script: `reached(os.listdir(f'/proc/{PARENT}/cwd/'))`,
    meets: /Permission denied/,
  },
  {
    intent: "sees other programs' temporary files",
    script: 'reached(os.listdir(HIDDEN))',
    meets: absent,
  },
  { intent: 'reads what other programs share in memory', script: 'reached(open(SHM).read())', meets: absent },
  {
    intent: "reads Skillet's own records of other skills",
    script: `reached(open(HIDDEN + '/record.json').read())`,
    meets: absent,
  },
  {
    intent: 'reads hardware and drivers under /sys',
    script: `reached(os.listdir('/sys/class'))`,
    meets: absent,
  },
  {
    intent: 'sees disks and consoles of this computer',
    // A container shows them under /sys alone.
    script: `
names = [one for folder in ('/dev', '/sys/class/block') if os.path.isdir(folder) for one in os.listdir(folder)]
reached([one for one in names if one.startswith(('vd','sd','nvme','loop','kmsg','mem','tty0'))][0])`,
    meets: /list index out of range/,
  },
  {
    intent: 'takes a handle by which a file can be opened from anywhere',
    script: `
handle = ctypes.create_string_buffer(struct.pack('Ii', 120, 0), 136)
call('name_to_handle_at', -100, b'/', handle, ctypes.byref(ctypes.c_int()), 0)
reached()`,
    meets: forbidden,
  },
  {
    intent: 'follows a link that it left in its own folder',
    script: `
os.symlink(SSH_KEY, STATE + '/link')
reached(open(STATE + '/link').read())`,
    meets: absent,
  },
]

const writing: Attempt[] = [
  {
    intent: 'writes outside its folders',
    script: `open(PLANTED, 'w').write('x'); reached()`,
    meets: absent,
    refused: { kind: 'write', what: new RegExp(planted) },
  },
  {
    intent: 'makes a folder outside its folders',
    script: `os.mkdir(PLANTED + '-folder'); os.rmdir(PLANTED + '-folder'); reached()`,
    meets: absent,
    refused: { kind: 'write', what: new RegExp(`${planted}.*-folder`) },
  },
  {
    intent: 'changes its own installed files',
    script: `open(SKILL + '/tool.py', 'a').write('x'); reached()`,
    meets: readOnly,
    refused: { kind: 'write', what: '/skill/tool.py' },
  },
  {
    intent: 'puts another file in the place of an installed one',
    script: `
open(STATE + '/new', 'w').write('x')
os.rename(STATE + '/new', SKILL + '/tool.py')
reached()`,
    meets: /Read-only file system|cross-device/,
  },
  {
    intent: 'adds a file to its installed ones',
    script: `open(SKILL + '/more.py', 'w').write('x'); reached()`,
    meets: readOnly,
  },
  {
    intent: 'changes a file that it may only read',
    script: `open(READABLE + '/letter', 'a').write('x'); reached()`,
    meets: readOnly,
    refused: { kind: 'write', what: /\/readable-\w+\/letter$/ },
  },
  {
    intent: 'opens a file that it may only read once more, for writing',
    script: `
held = os.open(READABLE + '/opened', os.O_RDONLY)
open(f'/proc/self/fd/{held}', 'w').write('x')
reached()`,
    meets: readOnly,
  },
  {
    intent: 'empties a file that it may only read',
    script: `os.truncate(READABLE + '/letter', 0); reached()`,
    meets: readOnly,
  },
  {
    intent: 'removes a file that it may only read',
    script: `os.unlink(READABLE + '/removed'); reached()`,
    meets: readOnly,
  },
  {
    intent: 'renames a file that it may only read',
    script: `os.rename(READABLE + '/renamed', READABLE + '/other'); reached()`,
    meets: readOnly,
  },
  {
    intent: 'links a file that it may only read to where it may write',
    script: `
os.link(READABLE + '/linked', STATE + '/linked')
open(STATE + '/linked', 'a').write('x')
reached()`,
    meets: /cross-device/,
  },
  {
    intent: 'opens a file that it may only read to everybody',
    script: `os.chmod(READABLE + '/mode', 0o666); reached()`,
    meets: readOnly,
  },
  {
    intent: 'marks a file that it may only read',
    script: `os.setxattr(READABLE + '/marked', 'user.skillet', b'x'); reached()`,
    meets: /Read-only file system|Operation not supported/,
  },
  {
    intent: 'turns the clock of a file that it may only read back',
    script: `os.utime(READABLE + '/letter', (0, 0)); reached()`,
    meets: readOnly,
  },
  {
    intent: 'keeps everybody else from opening a file that it may only read',
    script: `
held = os.open(READABLE + '/leased', os.O_RDONLY)
fcntl.fcntl(held, 1024, fcntl.F_RDLCK) # F_SETLEASE
reached()`,
    meets: forbidden,
  },
  {
    intent: "makes a program that runs with the person's rights for whoever starts it",
    script: `
open(STATE + '/set', 'w').write('x')
os.chmod(STATE + '/set', 0o4755)
reached()`,
    meets: forbidden,
  },
  {
    intent: "makes a file anew with the person's rights for whoever starts it",
    script: `
os.close(os.open(STATE + '/born', os.O_CREAT | os.O_WRONLY, 0o6755))
if os.stat(STATE + '/born').st_mode & 0o6000: reached()`,
    meets: forbidden,
  },
  {
    intent: 'leaves an image of its memory, with the keys in it, on the disk',
    script: `
os.chdir(STATE)
resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20))
before = set(os.listdir('.'))
if os.fork() == 0: os.abort()
os.wait()
left = set(os.listdir('.')) - before
reached(left) if left else print('nothing is left')`,
    meets: /nothing is left/,
  },
]

/** The person moves and replaces things in folders that they have approved, while the skill runs. */
const moving: StagedAttempt[] = [
  {
    intent: 'waits until the folder that it was given is replaced by a link',
    meets: /BEGAN[^]*mine/,
    stage: async (within) => {
      const outer = mkdtempSync(join(tmpdir(), 'skillet-swap-'))
      const given = join(outer, 'given')
      mkdirSync(given)
      writeFileSync(join(given, 'paper'), 'mine')
      writeFileSync(join(hidden, 'paper'), 'REACHED')
      const running = within.run(waitAndRead('GIVEN + "/paper"'), {
        values: { GIVEN: given },
        paths: [{ path: given, source: given, writable: true }],
      })
      await until(() => existsSync(join(given, 'ready')))
      renameSync(given, join(outer, 'before'))
      symlinkSync(hidden, given)
      writeFileSync(join(outer, 'before/go'), '')
      writeFileSync(join(hidden, 'go'), '')
      const { text } = await running
      rmSync(outer, { recursive: true })
      rmSync(join(hidden, 'go'))
      return text
    },
  },
  {
    intent: 'stands in a subfolder that is moved out of what it was given, and walks up',
    meets: /BEGAN[^]*No such file or directory/,
    stage: async (within) => {
      const outer = mkdtempSync(join(tmpdir(), 'skillet-walk-'))
      const given = join(outer, 'given')
      mkdirSync(join(given, 'deep'), { recursive: true })
      writeFileSync(join(outer, 'paper'), 'REACHED')
      const running = within.run(`os.chdir(GIVEN + '/deep')\n${waitAndRead('"../paper"')}`, {
        values: { GIVEN: given },
        paths: [{ path: given, source: given, writable: true }],
      })
      await until(() => existsSync(join(given, 'ready')))
      renameSync(join(given, 'deep'), join(outer, 'deep'))
      writeFileSync(join(given, 'go'), '')
      const { text } = await running
      rmSync(outer, { recursive: true })
      return text
    },
  },
  {
    intent: 'exchanges its own lasting folder for a link that the next run follows',
    meets: /Device or resource busy|Read-only file system/,
    stage: async (within) => {
      const outer = mkdtempSync(join(tmpdir(), 'skillet-kept-'))
      const host = join(outer, 'kept')
      mkdirSync(host)
      const base = within.isInside ? '/skill' : outer
      const { text } = await within.run(
        `os.rename(BASE + '/kept', BASE + '/gone'); os.symlink('/etc', BASE + '/kept'); reached()`,
        { values: { BASE: base }, state: [{ inside: 'kept', host }] },
      )
      rmSync(outer, { recursive: true, force: true })
      return text
    },
  },
  {
    intent: 'reaches, by a link made in an earlier run, what the person put there since',
    meets: /BEGAN[^]*No such file or directory/,
    stage: async (within) => {
      const host = mkdtempSync(join(tmpdir(), 'skillet-kept-'))
      const state = [{ inside: 'kept', host }]
      const secret = join(hidden, 'later')
      const values = { KEPT: within.isInside ? '/skill/kept' : host, SECRET: secret }
      await within.run(`os.symlink(SECRET, KEPT + '/link')`, { values, state })
      writeFileSync(secret, 'REACHED')
      const { text } = await within.run(`print(open(KEPT + '/link').read())`, { values, state })
      rmSync(host, { recursive: true })
      rmSync(secret)
      return text
    },
  },
]

/** Says that it is ready, waits until it may go on, and prints a file. */
function waitAndRead(path: string): string {
  return `
open(GIVEN + '/ready', 'w').close()
deadline = time.monotonic() + 3
while not os.path.exists(GIVEN + '/go') and time.monotonic() < deadline: time.sleep(0.005)
print(open(${path}).read())`
}

async function until(condition: () => boolean): Promise<void> {
  for (let round = 0; round < 1000 && !condition(); round++) await new Promise((done) => setTimeout(done, 5))
}

export const files: Family = { name: 'files', attempts: [...reading, ...writing, ...moving], prepare }
