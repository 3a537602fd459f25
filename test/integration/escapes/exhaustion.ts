import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Limits } from '../../../src/engine/sandbox/profile.ts'
import type { Refusal, RunResult } from '../../../src/shared/receipt.ts'
import { backends, type Attempt, type Family, type Prepared, type StagedAttempt } from './attempt.ts'

const MIB = 1024 * 1024
const scratch = join(tmpdir(), `skillet-exhaustion-${process.pid}`)
/** In memory like the sandbox's /tmp, but without its limits. */
const memory = `/dev/shm/skillet-exhaustion-${process.pid}`

async function prepare(): Promise<Prepared> {
  mkdirSync(memory)
  for (const one of ['nothing', ...backends]) mkdirSync(join(scratch, one), { recursive: true })
  return Promise.resolve({
    values: (one) => ({
      STATE: one === 'nothing' ? join(scratch, one) : '/skill/state',
      SCRATCH: one === 'nothing' ? memory : '/tmp',
    }),
    options: (one) => ({ state: [{ inside: 'state', host: join(scratch, one) }] }),
    cleanUp: () => {
      for (const one of [scratch, memory]) rmSync(one, { recursive: true, force: true })
    },
  })
}

/** What may be had without end elsewhere, and where no process is in the way that could be ended for it. */
const refused: Attempt[] = [
  {
    intent: 'takes memory as files that have no name',
    script: `os.memfd_create('x', 0); reached()`,
    meets: /Function not implemented/,
  },
  {
    intent: 'takes memory that outlives its processes (System V)',
    script: `
segment = do('shmget', 0, 1 << 20, 0o1600); libc.shmctl(segment, 0, None); reached()`,
    meets: /Function not implemented/,
  },
  {
    intent: 'takes semaphores that outlive its processes (System V)',
    script: `
semaphores = do('semget', 0, 32000, 0o1600); libc.semctl(semaphores, 0, 0); reached()`,
    meets: /Function not implemented/,
  },
  {
    intent: 'takes shared memory that no process counts',
    script: `mmap.mmap(-1, 1 << 20); reached()`,
    meets: /Operation not permitted/,
  },
  {
    intent: 'enlarges pipes',
    script: `
a, b = os.pipe(); fcntl.fcntl(b, 1031, 1 << 20); reached()`,
    meets: /Operation not permitted/,
  },
  {
    intent: 'enlarges the buffers of a socket',
    script: `
s = socket.socket(); before = s.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
after = s.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
reached() if after > before else print('as before')`,
    meets: /as before/,
  },
  {
    intent: 'nails memory down',
    script: `
page = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
do('mlock', ctypes.byref(ctypes.c_char.from_buffer(page)), 4096); reached()`,
    meets: /Operation not permitted|Cannot allocate memory/,
  },
  {
    intent: "takes this person's places for watching files",
    script: `do('inotify_init1', 0); reached()`,
    meets: /Function not implemented/,
  },
  {
    intent: "takes this person's timers",
    script: `
for number in range(3000): do('timer_create', 1, None, ctypes.byref(ctypes.c_void_p()))
reached()`,
    meets: /Resource temporarily unavailable/,
  },
  {
    intent: 'opens files without end',
    script: `
for number in range(1000): os.open('/', os.O_RDONLY)
reached()`,
    meets: /Too many open files/,
  },
  {
    intent: 'raises its own limits',
    script: `
before = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024)); reached()`,
    meets: /not allowed to raise|Operation not permitted/,
  },
  {
    intent: 'makes a file of a terabyte with nothing in it',
    script: `
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
os.truncate(os.open(STATE + '/sparse', os.O_CREAT | os.O_RDWR, 0o600), 1 << 40); os.unlink(STATE + '/sparse'); reached()`,
    meets: /File too large/,
  },
  {
    intent: 'sets room aside without writing',
    script: `
held = os.open(STATE + '/reserved', os.O_CREAT | os.O_RDWR, 0o600)
os.unlink(STATE + '/reserved')
do('fallocate', held, 0, ctypes.c_long(0), ctypes.c_long(64 << 20)); reached()`,
    meets: /not supported/,
  },
  {
    intent: 'fills the place for temporary files',
    script: `
try:
  with open(SCRATCH + '/fill', 'wb') as file:
    for number in range(80): file.write(b'x' * (1 << 20))
  reached()
finally: os.unlink(SCRATCH + '/fill')`,
    meets: /No space left/,
  },
  {
    intent: 'fills the place for temporary files with empty ones',
    script: `
folder = SCRATCH + '/names'; os.mkdir(folder)
try:
  for number in range(20000): os.symlink('x', f'{folder}/{number}')
  reached()
finally:
  import shutil; shutil.rmtree(folder)`,
    meets: /No space left/,
  },
]

interface Ending {
  atOnce?: boolean
  limits?: Partial<Limits>
  reason: RunResult['reason']
  /** How the receipt names the limit that it ran into. */
  told: Refusal['kind']
}

/** Attempts that end the run that makes them; inside each has a sandbox to itself. */
function ending(
  intent: string,
  script: string,
  { limits = {}, reason, told, atOnce = false }: Ending,
): StagedAttempt {
  return {
    intent,
    atOnce,
    meets: new RegExp(`BEGAN[^]*ended by ${reason}, told ${told}, nothing left`),
    stage: async (within) => {
      const host = mkdtempSync(join(tmpdir(), 'skillet-exhaustion-'))
      const mark = `skillet-mark-${process.pid}-${Math.random()}`
      const came = await within.run(`MARK = '${mark}'\n${script}`, {
        values: { STATE: within.isInside ? '/skill/state' : host },
        state: [{ inside: 'state', host }],
        limits,
      })
      rmSync(host, { recursive: true, force: true })
      const named = came.receipt?.refused.some(({ kind }) => kind === told) === true ? told : 'nothing'
      const left = processesWith(mark).length === 0 ? 'nothing left' : 'something left'
      return `${came.text.slice(0, 2000)}${came.text.slice(-200)} ended by ${came.reason}, told ${named}, ${left}`
    },
  }
}

const stopped: StagedAttempt[] = [
  ending(
    'goes on for ever, with children that hide and ignore every signal',
    `
for number in range(41):
  if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
      for one in range(1, 32):
        try: signal.signal(one, signal.SIG_IGN)
        except OSError: pass
      time.sleep(3)
    os._exit(0)
until = time.monotonic() + 2.3
while time.monotonic() < until: pass
reached()`,
    { limits: { timeoutMs: 1500 }, reason: 'time', told: 'time', atOnce: true },
  ),
  ending(
    'keeps every processor busy',
    `
for number in range(24):
  if os.fork() == 0:
    until = time.monotonic() + 2.3
    while time.monotonic() < until: pass
    os._exit(0)
for number in range(24): os.wait()
reached()`,
    { limits: { timeoutMs: 1500 }, reason: 'time', told: 'time', atOnce: true },
  ),
  ending(
    'says a little now and then, for ever',
    `
for number in range(23): print(number, flush=True); time.sleep(0.1)
reached()`,
    { limits: { timeoutMs: 1500 }, reason: 'time', told: 'time', atOnce: true },
  ),
  ending(
    'plays dead',
    `
child = os.fork()
if child == 0:
  os.kill(os.getppid(), signal.SIGSTOP); time.sleep(2.3); os.kill(os.getppid(), signal.SIGCONT); os._exit(0)
os.wait(); reached()`,
    { limits: { timeoutMs: 1500 }, reason: 'time', told: 'time', atOnce: true },
  ),
  ending(
    'takes more memory than it may',
    `
hog = []
for number in range(40): hog.append(bytearray(8 << 20))
time.sleep(0.5); reached()`,
    { limits: { memoryBytes: 128 * MIB }, reason: 'memory', told: 'memory' },
  ),
  ending(
    'takes more memory than it may, a little in each of many processes',
    `
for number in range(8):
  if os.fork() == 0: hog = bytearray(32 << 20); time.sleep(1); os._exit(0)
for number in range(8): os.wait()
reached()`,
    { limits: { memoryBytes: 128 * MIB }, reason: 'memory', told: 'memory' },
  ),
  ending(
    'takes memory for tables of memory that it hardly uses',
    // One byte in every 2 MB of 400 GB: 200,000 pages of tables behind almost no memory.
    `
hole = mmap.mmap(-1, 400 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, prot=mmap.PROT_READ)
for at in range(0, 400 << 30, 2 << 20): hole[at]
time.sleep(0.5); reached()`,
    { limits: { memoryBytes: 256 * MIB }, reason: 'memory', told: 'memory' },
  ),
  ending(
    'prints without end',
    `
for number in range(40): print('x' * 100_000, flush=True)
reached()`,
    { limits: { outputBytes: MIB }, reason: 'output', told: 'output' },
  ),
  ending(
    'fills the disk with many files',
    `
for number in range(24):
  held = os.open(f'{STATE}/{number}', os.O_CREAT | os.O_WRONLY, 0o600)
  os.write(held, b'x' * (1 << 20)); os.close(held); time.sleep(0.01)
time.sleep(0.3); reached()`,
    { limits: { writtenBytes: 8 * MIB }, reason: 'disk', told: 'disk' },
  ),
  ending(
    'fills the disk by writing the same place again and again, through memory',
    `
held = os.open(STATE + '/mapped', os.O_CREAT | os.O_RDWR, 0o600); os.ftruncate(held, 24 << 20)
place = mmap.mmap(held, 24 << 20)
for at in range(0, 24 << 20, 4096): place[at] = 1
time.sleep(0.3); reached()`,
    { limits: { writtenBytes: 8 * MIB }, reason: 'disk', told: 'disk' },
  ),
]

/** It goes on in what is left to it; the receipt says that it wanted more. */
function crowding(intent: string, script: string): StagedAttempt {
  return {
    intent,
    meets: /BEGAN[^]*(unavailable|can't start new thread)[^]*the receipt tells/,
    stage: async (within) => {
      const { text, receipt } = await within.run(script)
      const told = receipt?.refused.some(({ kind }) => kind === 'processes') === true
      return `${text} ${told ? 'the receipt tells' : 'the receipt is silent'}`
    },
  }
}

const crowded: StagedAttempt[] = [
  crowding(
    'starts processes without end',
    `
try:
  for number in range(300):
    if os.fork() == 0: time.sleep(2); os._exit(0)
  reached()
except OSError as error: print(error, flush=True); time.sleep(0.6)`,
  ),
  crowding(
    'leaves dead processes lying about',
    `
try:
  for number in range(300):
    if os.fork() == 0: os._exit(0)
  reached()
except OSError as error: print(error, flush=True); time.sleep(0.6)`,
  ),
  crowding(
    'starts threads without end',
    `
try:
  for number in range(300): threading.Thread(target=time.sleep, args=[2], daemon=True).start()
  reached()
except RuntimeError as error: print(error, flush=True); time.sleep(0.6)`,
  ),
]

/** Lines about processes whose command line holds `text`. */
function processesWith(text: string): string[] {
  return execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(text))
}

export const exhaustion: Family = {
  name: 'exhaustion',
  attempts: [...refused, ...stopped, ...crowded],
  prepare,
}
