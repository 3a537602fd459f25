import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { real } from '../../support/sandbox.ts'
import { backends, type Attempt, type Family, type Prepared, type StagedAttempt } from './attempt.ts'

const mark = `skillet-victim-${process.pid}`

async function prepare(): Promise<Prepared> {
  const scratch = mkdtempSync(join(tmpdir(), 'skillet-escape-'))
  // A program of the person's that runs at the same time.
  const victim = spawn('sleep', ['120'], { argv0: mark, stdio: 'ignore' })
  const python = await real('python3')
  for (const one of ['nothing', 'careful', ...backends]) {
    mkdirSync(join(scratch, one))
    chmodSync(join(scratch, one), 0o700)
  }
  return {
    values: (one) => ({
      VICTIM: victim.pid!,
      MARK: mark,
      PYTHON: python,
      // A place of its own in a folder that everything may be started from, outside.
      DROP: `/tmp/skillet-dropped-${one}-${process.pid}`,
      KEPT: one === 'nothing' ? join(scratch, one) : '/skill/kept',
    }),
    options: (one) => ({ state: [{ inside: 'kept', host: join(scratch, one) }] }),
    cleanUp: () => {
      victim.kill('SIGKILL')
      rmSync(scratch, { recursive: true, force: true })
      for (const end of ['', '.so', '.sh', '.link', '.2', '.3', '.4'])
        rmSync(`/tmp/skillet-dropped-nothing-${process.pid}${end}`, { force: true })
    },
  }
}

const denied = /Permission denied/
const forbidden = /Operation not permitted/
const started = `
def start(*command, **options):
  said = subprocess.run(command, capture_output=True, text=True, **options)
  print(said.stdout, said.stderr)
def drop(path):
  import shutil
  shutil.copy(PYTHON, path); os.chmod(path, 0o755)
SAY = 'print("REA" + "CHED")'
`

const programs: Attempt[] = [
  {
    intent: 'starts a program that it never asked for',
    script: `start('/usr/bin/env', 'echo', 'REACHED')`,
    meets: /No such file/,
    refused: { kind: 'start', what: 'env' },
  },
  {
    intent: "starts a program that changes to the administrator's rights",
    script: `start('/usr/bin/su', '--version'); reached()`,
    meets: /No such file/,
    refused: { kind: 'start', what: 'su' },
  },
  {
    intent: 'starts a program that lies among the libraries',
    script: `start('/usr/lib/git-core/git', '--version'); reached()`,
    meets: /No such file/,
    refused: { kind: 'start', what: 'git' },
  },
  {
    intent: 'drops a program into /tmp and starts it',
    script: `drop(DROP); start(DROP, '-c', SAY)`,
    meets: denied,
    refused: { kind: 'start', what: /^skillet-dropped-/ },
  },
  {
    intent: 'drops a program into the folder that it may keep things in',
    script: `drop(KEPT + '/program'); start(KEPT + '/program', '-c', SAY)`,
    meets: denied,
    refused: { kind: 'start', what: 'program' },
  },
  {
    intent: 'drops a program into shared memory and starts it',
    script: `
path = f'/dev/shm/skillet-{os.getpid()}'
try: drop(path); start(path, '-c', SAY)
finally: os.unlink(path)`,
    meets: denied,
  },
  {
    intent: 'starts a program that it dropped through the dynamic loader',
    script: `
drop(DROP + '.2')
start(glob.glob('/lib*/ld-linux*')[0], DROP + '.2', '-c', SAY)`,
    meets: /failed to map segment|Permission denied|cannot open/,
  },
  {
    intent: 'starts a script that names its interpreter',
    script: `
open(DROP + '.sh', 'w').write(f'#!{PYTHON}\\n' + SAY); os.chmod(DROP + '.sh', 0o755)
start(DROP + '.sh')`,
    meets: denied,
  },
  {
    intent: 'starts a program by a link with an allowed name',
    script: `
os.symlink('/usr/bin/env', DROP + '.link')
start(DROP + '.link', 'echo', 'REACHED')`,
    meets: /No such file/,
  },
  {
    intent: 'starts a program from memory',
    script: `
held = os.memfd_create('x', 0)
os.write(held, open(PYTHON, 'rb').read())
start(f'/proc/self/fd/{held}', '-c', SAY, pass_fds=[held])`,
    meets: /Function not implemented/,
  },
  {
    intent: 'starts a program from memory that is hidden from the kernel itself',
    script: `call('memfd_secret', 0); reached()`,
    meets: /Function not implemented/,
  },
  {
    intent: 'starts a program from a file that has no name',
    script: `
held = os.open('/tmp', os.O_TMPFILE | os.O_RDWR, 0o755)
with open(PYTHON, 'rb') as source: os.sendfile(held, source.fileno(), 0, os.stat(PYTHON).st_size)
again = os.open(f'/proc/self/fd/{held}', os.O_RDONLY); os.close(held)
start(f'/proc/self/fd/{again}', '-c', SAY, pass_fds=[again])`,
    meets: denied,
  },
  {
    intent: 'starts a program by its descriptor alone',
    script: `
drop(DROP + '.3')
held = os.open(DROP + '.3', os.O_RDONLY)
child = os.fork()
if child == 0:
  argv = (ctypes.c_char_p * 4)(b'x', b'-c', SAY.encode(), None)
  try: call('execveat', held, b'', argv, None, 0x1000)
  except OSError as error: print(error, flush=True)
  os._exit(1)
os.waitpid(child, 0)`,
    meets: denied,
  },
  {
    intent: 'loads a library that it dropped',
    script: `
import shutil
library = [line.split()[-1] for line in open('/proc/self/maps') if 'libc.so' in line or 'libm.so' in line][0]
shutil.copy(library, DROP + '.so')
ctypes.CDLL(DROP + '.so')
reached()`,
    meets: /failed to map segment|Operation not permitted/,
  },
]

const others: Attempt[] = [
  {
    intent: 'sees which programs run on this computer',
    script: `
for one in filter(str.isdigit, os.listdir('/proc')):
  try:
    if open(f'/proc/{one}/cmdline').read().startswith(MARK): reached(one)
  except OSError: pass
print('looked at all of them')`,
    meets: /looked at all of them/,
  },
  {
    intent: "ends a program of the person's",
    script: `os.kill(VICTIM, 0); reached()`,
    meets: /No such process/,
  },
  {
    intent: "holds a program of the person's by a descriptor",
    script: `call('pidfd_open', VICTIM, 0); reached()`,
    meets: /No such process/,
  },
  {
    intent: 'ends everything that it can',
    script: `os.kill(-1, 0); reached()`,
    meets: forbidden,
  },
  {
    intent: 'signals its supervisor',
    script: `os.kill(PARENT, signal.SIGCONT); reached()`,
    meets: forbidden,
  },
  {
    intent: "signals its supervisor's whole group",
    script: `os.kill(-os.getpgid(PARENT), 0); reached()`,
    meets: /Operation not permitted|No such process/,
  },
  {
    intent: 'signals one thread of its supervisor',
    script: `call('tgkill', PARENT, PARENT, 0); reached()`,
    meets: forbidden,
  },
  {
    intent: 'sends its supervisor a signal with a message',
    script: `
info = ctypes.create_string_buffer(struct.pack('iii', signal.SIGCONT, 0, -1), 128)
call('rt_sigqueueinfo', PARENT, signal.SIGCONT, info)
reached()`,
    meets: forbidden,
  },
  {
    intent: 'signals its supervisor by a descriptor',
    script: `call('pidfd_send_signal', call('pidfd_open', PARENT, 0), 0, None, 0); reached()`,
    meets: forbidden,
  },
  {
    intent: "takes one of its supervisor's open files",
    script: `call('pidfd_getfd', call('pidfd_open', PARENT, 0), 2, 0); reached()`,
    meets: forbidden,
  },
  {
    intent: 'learns which files its supervisor has open',
    script: `reached(os.readlink(f'/proc/{PARENT}/fd/0'))`,
    meets: denied,
  },
  {
    intent: "reads its supervisor's environment",
    script: `reached(open(f'/proc/{PARENT}/environ').read())`,
    meets: denied,
  },
  {
    intent: "opens its supervisor's memory for writing",
    script: `open(f'/proc/{PARENT}/mem', 'r+b'); reached()`,
    meets: denied,
  },
  {
    intent: "reads where its supervisor's memory lies",
    script: `reached(open(f'/proc/{PARENT}/maps').readline())`,
    meets: denied,
  },
  {
    intent: "copies its supervisor's memory",
    script: `
try: start = int(open(f'/proc/{PARENT}/maps').readline().split('-')[0], 16)
except OSError: start = 0x400000
into = ctypes.create_string_buffer(16)
pair = lambda at: ctypes.byref((ctypes.c_size_t * 2)(at, 16))
call('process_vm_readv', PARENT, pair(ctypes.addressof(into)), 1, pair(start), 1, 0)
reached()`,
    meets: forbidden,
  },
  {
    intent: 'traces its supervisor',
    script: `call('ptrace', 0x4206, PARENT, 0, 0); reached()`, // PTRACE_SEIZE, which ends with this process
    meets: forbidden,
  },
  {
    intent: 'traces a process of its own',
    script: `
child = os.fork()
if child == 0: time.sleep(3); os._exit(0)
try: call('ptrace', 0x4206, child, 0, 0); reached()
finally: os.kill(child, 9); os.wait()`,
    meets: forbidden,
  },
  {
    intent: "compares its supervisor's open files with its own",
    script: `call('kcmp', os.getpid(), PARENT, 0, 0, 0); reached()`,
    meets: forbidden,
  },
  {
    intent: "changes its supervisor's limits",
    script: `resource.prlimit(PARENT, resource.RLIMIT_CPU); reached()`,
    meets: forbidden,
  },
  {
    intent: "changes its supervisor's priority",
    script: `os.setpriority(os.PRIO_PROCESS, PARENT, os.getpriority(os.PRIO_PROCESS, PARENT)); reached()`,
    meets: /Operation not permitted|Permission denied/,
  },
  {
    intent: 'lets its supervisor run only when nothing else does',
    script: `os.sched_setscheduler(PARENT, os.SCHED_OTHER, os.sched_param(0)); reached()`,
    meets: forbidden,
  },
  {
    intent: 'holds its supervisor to one processor',
    script: `os.sched_setaffinity(PARENT, os.sched_getaffinity(0)); reached()`,
    meets: forbidden,
  },
  {
    intent: "lets its supervisor's disk wait for everybody else's",
    script: `call('ioprio_set', 1, PARENT, 2 << 13 | 4); reached()`,
    meets: forbidden,
  },
  {
    intent: 'has its supervisor signalled whenever a file is ready',
    script: `fcntl.fcntl(0, fcntl.F_SETOWN, PARENT); reached()`,
    meets: forbidden,
  },
  {
    intent: 'chooses the signal that a ready file sends',
    script: `fcntl.fcntl(0, fcntl.F_SETSIG, 19); reached()`,
    meets: forbidden,
  },
  {
    intent: 'has its supervisor signalled by a device',
    script: `fcntl.ioctl(socket.socket(socket.AF_INET), 0x8901, struct.pack('i', PARENT)); reached()`,
    meets: forbidden,
  },
  {
    intent: "writes into anything of its supervisor's that the kernel shows as a file",
    script: `
for name in ('oom_score_adj', 'autogroup', 'coredump_filter', 'comm', 'clear_refs', 'timerslack_ns', 'sched', 'mem'):
  try: os.close(os.open(f'/proc/{PARENT}/{name}', os.O_WRONLY)); reached(name)
  except OSError as error: print(name, error)`,
    meets: /mem .*Permission denied/,
  },
  {
    intent: 'signals any process that is not its own',
    script: `
own = {os.getpid(), os.getppid()}
for one in map(int, filter(str.isdigit, os.listdir('/proc'))):
  try:
    os.kill(one, 0)
    if one not in own: reached(one)
  except OSError: pass
print('tried all of them')`,
    meets: /tried all of them/,
  },
  {
    intent: 'has its supervisor ended first when memory is short',
    script: `
path = f'/proc/{PARENT}/oom_score_adj'
open(path, 'w').write(open(path).read())
reached()`,
    meets: denied,
  },
]

// Process 1 outside belongs to the administrator; in any sandbox it is the person's.
const first: Attempt[] = [
  ['ends the first process of the sandbox', 'os.kill(1, 0)', forbidden] as const,
  [
    'slows the first process of the sandbox down',
    'os.setpriority(os.PRIO_PROCESS, 1, os.getpriority(os.PRIO_PROCESS, 0))',
    /Operation not permitted|Permission denied/,
  ] as const,
  [
    'lets the first process of the sandbox run only when nothing else does',
    'os.sched_setscheduler(1, os.SCHED_OTHER, os.sched_param(0))',
    forbidden,
  ] as const,
  [
    'holds the first process of the sandbox to one processor',
    'os.sched_setaffinity(1, os.sched_getaffinity(0))',
    forbidden,
  ] as const,
  [
    "lets the first process's disk wait for everybody else's",
    `call('ioprio_set', 1, 1, 2 << 13 | 4)`,
    forbidden,
  ] as const,
  ['slows down everything that this person runs', 'os.setpriority(os.PRIO_USER, 0, 19)', forbidden] as const,
].map(([intent, body, meets]) => ({
  intent,
  script: `${body}; reached()`,
  meets,
  notOutside: 'the first process belongs to root, and slowing everything down would stay',
}))

const outliving: StagedAttempt[] = [
  {
    intent: 'leaves a process behind that goes on when the run is over',
    meets: /BEGAN[^]*nothing went on/,
    stage: async (within) => {
      const host = mkdtempSync(join(tmpdir(), 'skillet-daemon-'))
      const { text } = await within.run(
        `
if os.fork() == 0:
  os.setsid()
  if os.fork() == 0:
    for one in range(1, 32):
      try: signal.signal(one, signal.SIG_IGN)
      except OSError: pass
    null = os.open('/dev/null', os.O_RDWR)
    for one in (0, 1, 2): os.dup2(null, one)
    time.sleep(0.4)
    open(KEPT + '/later', 'w').write('x')
  os._exit(0)
os.wait()`,
        {
          values: { KEPT: within.isInside ? '/skill/kept' : host },
          state: [{ inside: 'kept', host }],
        },
      )
      for (let round = 0; round < 160 && !existsSync(join(host, 'later')); round++)
        await new Promise((done) => setTimeout(done, 5))
      const went = existsSync(join(host, 'later'))
      rmSync(host, { recursive: true })
      return `${text} ${went ? 'REACHED' : 'nothing went on'}`
    },
  },
]

export const processes: Family = {
  name: 'processes',
  attempts: [
    ...programs.map((attempt) => ({ ...attempt, script: started + attempt.script })),
    ...others,
    ...first,
    ...outliving,
  ],
  prepare,
}
