import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { prepareState } from '../../src/engine/run/state.ts'
import { createBubblewrapBackend } from '../../src/engine/sandbox/bubblewrap-backend.ts'
import { findPlace } from '../../src/engine/sandbox/identity.ts'
import { fixedLimits } from '../../src/engine/sandbox/profile.ts'
import { createRuntimeFinder } from '../../src/engine/sandbox/runtime.ts'
import { launcher, real, runInside, runOutside } from '../support/sandbox.ts'

const scratch = mkdtempSync(join(tmpdir(), 'skillet-limits-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const folder = (name: string): string => {
  mkdirSync(join(scratch, name), { recursive: true })
  return join(scratch, name)
}
const MIB = 1024 * 1024

// Each fills the folder `out` with 100 MB in a way of its own. `vanishes`: the kernel forgets who wrote it.
const fillers: { name: string; script: string; vanishes?: true }[] = [
  { name: 'writing files', script: 'for i in range(10): open(f"out/{i}","wb").write(bytes(10_000_000))' },
  {
    name: 'writing through mappings',
    script: `
for i in range(4):
  with open(f'out/{i}','w+b') as file:
    file.truncate(25_000_000)
    mmap.mmap(file.fileno(),25_000_000)[:]=bytes(25_000_000)`,
  },
  {
    name: 'reserving room',
    script: 'for i in range(4): os.posix_fallocate(os.open(f"out/{i}",os.O_RDWR|os.O_CREAT),0,25_000_000)',
  },
  {
    name: 'processes that end at once, their parents before them',
    script: `
for i in range(20):
  if os.fork()==0:
    if os.fork()==0: open(f'out/{i}','wb').write(bytes(5_000_000))
    os._exit(0)
  os.wait()
until=time.time()+10
while time.time()<until and sum(one.stat().st_size for one in os.scandir('out'))<100_000_000: time.sleep(0.02)`,
  },
  {
    name: 'processes that nobody waits for',
    script: `
signal.signal(signal.SIGCHLD,signal.SIG_IGN)
for i in range(20):
  if os.fork()==0:
    open(f'out/{i}','wb').write(bytes(5_000_000))
    os._exit(0)
try: os.wait()
except ChildProcessError: pass`,
    vanishes: true,
  },
]

describe.each(fillers)('a disk is not filled by $name', ({ name, script, vanishes }) => {
  test('it works where there is room, and ends the run where there is none', async () => {
    const whole = `import mmap,os,signal,time\n${script}`
    const [free, held] = [folder(`free ${name}`), folder(`held ${name}`)]
    const unlimited = await runInside(['-c', whole], { state: [{ inside: 'out', host: free }] })
    expect(unlimited).toMatchObject({ reason: 'exit', exitCode: 0 })
    expect(onDisk(free)).toBeGreaterThan(95e6)
    if (!vanishes) expect(unlimited.receipt.writtenMb).toBeGreaterThan(90)

    const limits = { writtenBytes: 32 * MIB }
    const inside = await runInside(['-c', whole], { state: [{ inside: 'out', host: held }], limits })
    expect(inside).toMatchObject({ reason: 'disk', exitCode: null, signal: 'SIGKILL' })
    expect(onDisk(held)).toBeLessThan(onDisk(free))
    expect(inside.receipt.refused).toContainEqual(expect.objectContaining({ kind: 'disk' }))
  })
})

test('what another program writes to the same disk is never charged to a run', async () => {
  const state = [{ inside: 'out', host: folder('shared disk') }]
  const script =
    'for i in 1 2 3 4 5 6 7 8; do sh -c :; done; echo BEGUN; until [ -e out/go ]; do sleep 0.05; done; sleep 0.2'
  const begun = new EventEmitter()
  const inside = runInside(['-c', script], {
    programs: ['sh', 'sleep'],
    state,
    limits: { writtenBytes: 16 * MIB },
    onOutput: () => begun.emit('output'),
  })
  await once(begun, 'output')
  writeFileSync(join(scratch, 'of another'), Buffer.alloc(48 * MIB, 1))
  writeFileSync(join(state[0]!.host, 'go'), '')
  expect(await inside).toMatchObject({ reason: 'exit', exitCode: 0 })
  expect((await inside).receipt.writtenMb).toBeLessThan(1)
})

test('a folder in memory is no way to take memory: what it grows by through mappings is held, too', async () => {
  const host = mkdtempSync('/dev/shm/skillet-limits-')
  const script = `
import mmap,os,sys
for number in range(4):
  held=os.open(f'{sys.argv[1]}/{number}',os.O_RDWR|os.O_CREAT)
  os.ftruncate(held,50<<20)
  place=mmap.mmap(held,50<<20)
  for at in range(0,50<<20,4096): place[at]=1
print('FILLED')`
  try {
    expect((await runOutside(['-c', script, host])).stdout).toBe('FILLED\n')
    for (const name of readdirSync(host)) rmSync(join(host, name))
    const paths = [{ path: '/mnt/chosen', source: host, writable: true }]
    const limits = { writtenBytes: 160 * MIB }
    expect((await runInside(['-c', script, '/mnt/chosen'], { paths, limits })).reason).toBe('disk')
  } finally {
    rmSync(host, { recursive: true })
  }
})

test('names are counted, too: a disk has room for so many only', async () => {
  const script = 'import os\nfor i in range(1200): os.mkdir(f"out/{i}")'
  const limits = { writtenBytes: 2 * MIB }
  const state = [{ inside: 'out', host: folder('names') }]
  expect((await runInside(['-c', script], { state })).reason).toBe('exit')
  const fresh = [{ inside: 'out', host: folder('names held') }]
  expect((await runInside(['-c', script], { state: fresh, limits })).reason).toBe('disk')
  // Second names of one file, for which the kernel counts next to nothing.
  const links = 'import os\nopen("out/one","w")\nfor i in range(3000): os.link("out/one",f"out/{i}")'
  const linked = [{ inside: 'out', host: folder('names linked') }]
  expect((await runInside(['-c', links], { state: linked, limits })).reason).toBe('disk')
})

// Each holds more than 96 MB, most of which no process counts as its own, and prints so.
const hiders: { name: string; script: string }[] = [
  {
    name: 'in sockets that nobody reads',
    script: `
import socket
held,kept=0,[]
while held<160_000_000:
  if len(kept)>200: fork()
  pair=socket.socketpair()
  for one in pair:
    one.setblocking(False)
    try:
      while True: held+=one.send(bytes(65536))
    except BlockingIOError: pass
  kept+=pair`,
  },
  {
    name: 'in connections to itself',
    script: `
import socket
held,kept=0,[]
server=socket.create_server(('127.0.0.1',0))
while held<160_000_000:
  if len(kept)>200: fork()
  one=socket.create_connection(server.getsockname())
  kept+=[one,server.accept()[0]]
  one.setblocking(False)
  try:
    while True: held+=one.send(bytes(65536))
  except BlockingIOError: pass`,
  },
  {
    // Beyond 64 MB a person's pipes hold next to nothing (pipe(7)), whatever they are read by.
    name: 'in pipes that nobody reads',
    script: `
held,kept=0,[]
while held<55_000_000:
  if len(kept)>200: fork()
  one,other=os.pipe()
  kept+=[os.fdopen(one,'rb',0),os.fdopen(other,'wb',0)]
  os.set_blocking(other,False)
  try:
    while True: held+=os.write(other,bytes(65536))
  except BlockingIOError: pass
own=bytearray(60_000_000)`,
  },
  {
    name: 'in its private folders',
    script: `
import tempfile
files=[tempfile.TemporaryFile(dir=where) for where in ('/tmp','/dev/shm') for i in range(3)]
for file in files: file.write(bytes(8_000_000))
own=bytearray(60_000_000)`,
  },
]

describe.each(hiders)('memory is not hidden $name', ({ script }) => {
  test('it can be held outside, and ends the run inside', async () => {
    // A process holds few descriptors; its children hold more.
    const whole = `
import os,time
def fork():
  global kept
  if os.fork()==0:
    kept=[]
    return
  os.wait()
  os._exit(0)
${script}
print('HELD', flush=True)
time.sleep(0.3)`
    expect((await runOutside(['-c', whole])).stdout).toContain('HELD')
    const inside = await runInside(['-c', whole], { limits: { memoryBytes: 96 * MIB } })
    expect(inside).toMatchObject({ reason: 'memory', exitCode: null })
    // What is kept between two looks: 10 % is allowed for, and a busy computer looks late.
    expect(inside.receipt.memoryMb).toBeLessThan(160)
  })
})

test('pages that forked processes share count once', async () => {
  const script = `
import os,time
data=bytearray(os.urandom(1000))*150_000
(heard,told),(held,kept)=os.pipe(),os.pipe()
for i in range(8):
  if os.fork()==0:
    os.close(kept)
    sum(data[::4096])
    os.write(told,b'.')
    os.read(held,1)
    os._exit(0)
for i in range(8): os.read(heard,1)
time.sleep(0.1)
print('fine')`
  const inside = await runInside(['-c', script])
  expect(inside.stdout).toBe('fine\n')
  expect(inside.receipt.memoryMb).toBeLessThan(300)
  const separately = script.replace('sum(data[::4096])', 'for at in range(0,len(data),4096): data[at]=1')
  expect((await runInside(['-c', separately])).reason).toBe('memory')
})

/** Processes with so many mappings each that looking into one takes a while, and that the kernel keeps records of them. */
const mappers = (processes: number): string => `
import ctypes,os,sys,time
libc=ctypes.CDLL(None,use_errno=True)
libc.mmap.restype=ctypes.c_void_p
libc.mmap.argtypes=[ctypes.c_void_p,ctypes.c_size_t,ctypes.c_int,ctypes.c_int,ctypes.c_int,ctypes.c_long]
libc.mprotect.argtypes=[ctypes.c_void_p,ctypes.c_size_t,ctypes.c_int]
ready,done=os.pipe()
for child in range(${processes}):
  if os.fork()==0:
    start=libc.mmap(None,4096*60000,0,0x22,-1,0)
    for page in range(0,60000,2): libc.mprotect(start+4096*page,4096,1)
    os.write(done,b'.')
    time.sleep(30)
for child in range(${processes}): os.read(ready,1)
print('MAPPED',flush=True)`

test('memory is held by a run that makes every look at it slow', async () => {
  // 100 MB at a time, by the kernel itself.
  const script = `${mappers(20)}
for taken in range(100,3100,100):
  libc.mmap(None,100<<20,3,0x8022,-1,0)
  print(taken,flush=True)`
  const inside = await runInside(['-c', script])
  expect(inside).toMatchObject({ reason: 'memory', exitCode: null })
  expect(inside.stdout).toContain('MAPPED')
  expect(Number(inside.stdout.trim().split('\n').at(-1))).toBeLessThan(900)
})

test('a run is charged for the records that the kernel keeps of its own processes, never of others', async () => {
  const state = [{ inside: 'out', host: folder('told') }]
  const waits = `
import os,time
print('WAITS',flush=True)
while not os.path.exists('out/go'): time.sleep(0.05)
time.sleep(0.2)`
  const limits = { memoryBytes: 64 * MIB }
  const begun = new EventEmitter()
  const innocent = runInside(['-c', waits], { state, limits, onOutput: () => begun.emit('output') })
  await once(begun, 'output')
  const hog = spawn(await real('python3'), ['-c', `${mappers(16)}\nsys.stdin.read()\nos.killpg(0,9)`], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  })
  await once(hog.stdout, 'data')
  writeFileSync(join(state[0]!.host, 'go'), '')
  const beside = await innocent
  hog.stdin.end()
  await once(hog, 'exit')
  expect(beside).toMatchObject({ reason: 'exit', exitCode: 0 })
  expect(beside.receipt.memoryMb).toBeLessThan(40)
  const guilty = await runInside(['-c', `${mappers(16)}\ntime.sleep(2)`], { limits })
  expect(guilty).toMatchObject({ reason: 'memory' })
})

test('system calls that keep memory, room or rights where nobody looks are closed', async () => {
  const attempts = [
    'checked(libc.inotify_init1(0))',
    'checked(libc.vmsplice(pipe[1],ctypes.byref(vector),1,0))',
    'fcntl.fcntl(pipe[1],1031,1<<20)',
    'fcntl.fcntl(own,1024,0)',
    'checked(libc.fallocate(own.fileno(),0,0,1_000_000))',
    'fcntl.ioctl(own,0x4030582a,bytes(48))',
    'os.setxattr("/tmp/own",b"user.x",b"y")',
    'checked(libc.personality(0x0040000))',
    'checked(libc.prctl(36,1,0,0,0))',
    'checked(libc.prctl(22,2,0,0,0))',
    'checked(libc.syscall(437,-100,b"/tmp",bytes(24),24))',
    'checked(libc.syscall(457,bytes(24),bytes(512),512,0))',
    'socket.socket(socket.AF_INET,socket.SOCK_STREAM,132)',
    'socket.socket(socket.AF_INET,socket.SOCK_RAW,1)',
    'socket.socket(socket.AF_ALG,socket.SOCK_SEQPACKET)',
    'socket.socket(socket.AF_NETLINK,socket.SOCK_RAW)',
    'socket.socketpair(socket.AF_UNIX,socket.SOCK_DGRAM)',
    'socket.socket().setsockopt(socket.SOL_SOCKET,26,bytes(16))',
    'open("/dev/zero")',
    'mmap.mmap(-1,1<<21,flags=mmap.MAP_PRIVATE|mmap.MAP_ANONYMOUS|0x40000)[0]',
  ]
  const script = `
import ctypes,fcntl,mmap,os,socket
libc=ctypes.CDLL(None,use_errno=True)
def checked(value):
  if value<0: raise OSError(ctypes.get_errno())
page=ctypes.create_string_buffer(4096)
class Vector(ctypes.Structure): _fields_=[('base',ctypes.c_void_p),('length',ctypes.c_size_t)]
vector=Vector(ctypes.addressof(page),4096)
pipe=os.pipe()
own=open('/tmp/own','w+b')
${attempts.map((line) => `try:\n  ${line}\n  print('REACHED', ${JSON.stringify(line)})\nexcept OSError: print('failed')`).join('\n')}
one=socket.socket(); size=one.getsockopt(socket.SOL_SOCKET,socket.SO_SNDBUF)
one.setsockopt(socket.SOL_SOCKET,socket.SO_SNDBUF,4096)
print('same' if one.getsockopt(socket.SOL_SOCKET,socket.SO_SNDBUF)==size else 'REACHED size')`
  const inside = await runInside(['-c', script])
  expect(inside.stderr).toBe('')
  expect(inside.stdout.trim().split('\n')).toEqual([...attempts.map(() => 'failed'), 'same'])
})

test('no hold on other processes, no rank before them, no list of what is plugged in, no file system of its own', async () => {
  const script = `
import fcntl,os,resource,socket
def tried(name,attempt):
  try: print(name,attempt() or 'nothing')
  except OSError as error: print(name,error.strerror)
tried('watch',lambda: fcntl.fcntl(os.open('/tmp',0),1026,1) or 'REACHED')
for number in (0x50009417,0x40049409,0x4008bc10): tried(hex(number),lambda: fcntl.ioctl(os.open('/tmp',0),number,bytes(1024)))
one=socket.socket(fileno=os.dup(1))
tried('peer',lambda: one.getsockopt(socket.SOL_SOCKET,77))
tried('pass',lambda: one.setsockopt(socket.SOL_SOCKET,76,1) or 'REACHED')
for path in ('/proc/interrupts','/proc/bus/pci/devices'): tried(path,lambda: open(path).read())
print('rank',resource.getrlimit(resource.RLIMIT_RTPRIO),resource.getrlimit(resource.RLIMIT_NICE),os.sched_getscheduler(0))`
  const inside = await runInside(['-c', script])
  expect(inside.stderr).toBe('')
  expect(inside.stdout.trim().split('\n')).toEqual([
    'watch Operation not permitted',
    '0x50009417 Operation not supported',
    '0x40049409 Operation not supported',
    '0x4008bc10 Operation not supported',
    'peer Protocol not available',
    'pass Operation not permitted',
    '/proc/interrupts nothing',
    expect.stringMatching(/^\/proc\/bus\/pci\/devices (nothing|No such file or directory)$/),
    'rank (0, 0) (0, 0) 0',
  ])
})

test('a place on a file system that grows and knows no size is refused, since nothing would see what is written', async () => {
  const [place, skill] = [folder('mounted'), folder('keeps')]
  writeFileSync(
    join(skill, 'skill.toml'),
    `schema = 1
slug = "keeps"
version = "1.0.0"
title = "Keeps"
summary = "Keeps a word."
publisher = "tests"
license = "MIT"
tier = "free"
category = "files"
[capabilities]
"fs:write" = "Keeps a word."
[sandbox]
write = ["out"]
[run]
command = ["sh", "-c", "echo kept > out/word"]
`,
  )
  writeFileSync(join(skill, 'SKILL.md'), '---\nname: keeps\ndescription: x\n---\n')
  // An unprivileged process may mount one in a namespace of its own, and be its ordinary self again in another.
  const inMemory = async (kind: 'tmpfs' | 'ramfs') => {
    const words = [
      place,
      process.getuid!(),
      process.getgid!(),
      process.execPath,
      resolve('out/cli/index.cjs'),
      skill,
    ]
    const { stdout } = await promisify(execFile)(
      await real('unshare'),
      [
        ...['--user', '--map-root-user', '--mount', 'sh', '-c'],
        `mount -t ${kind} none "$1" && head -c 20000000 /dev/zero > "$1/fill" && stat -f -c %b "$1" &&
         unshare --user --map-user="$2" --map-group="$3" "$4" "$5" try "$6" --grant fs:write --json`,
        ...['sh', ...words.map(String)],
      ],
      { env: { PATH: process.env['PATH'], HOME: scratch, SKILLET_HOME: join(place, 'home') } },
    ).catch((error: { stdout: string }) => error)
    const [blocks, ...document] = stdout.split('\n')
    return { hasSize: Number(blocks) > 0, told: JSON.parse(document.join('\n')) }
  }
  expect(await inMemory('tmpfs')).toMatchObject({ hasSize: true, told: { exitCode: 0 } })
  expect(await inMemory('ramfs')).toMatchObject({
    hasSize: false,
    told: {
      error: {
        code: 'SANDBOX_UNAVAILABLE',
        message: expect.stringContaining('writable place without a size'),
      },
    },
  })
})

test('a folder’s limits hold for what is mounted below it, and what is mounted there later stays out', async () => {
  const [given, skill] = [folder('given'), folder('looks')]
  writeFileSync(
    join(skill, 'skill.toml'),
    `schema = 1
slug = "looks"
version = "1.0.0"
title = "Looks"
summary = "Looks into a folder."
publisher = "tests"
license = "MIT"
tier = "free"
category = "files"
[capabilities]
"fs:read" = "Looks into it."
"fs:write" = "Says that it is there."
[sandbox]
write = ["out"]
[run]
command = ["sh", "-c", "echo > out/there; cd $1/before; echo *; (echo > new) && echo WROTE; ./program -c 'echo STARTED'; until [ -e ../go/go ]; do :; done; echo ../later/*", "sh", "${given}"]
[run.inputs.folder]
type = "folder"
title = "Folder"
writable = false
`,
  )
  writeFileSync(join(skill, 'SKILL.md'), '---\nname: looks\ndescription: x\n---\n')
  for (const name of ['before', 'later', 'go']) mkdirSync(join(given, name))
  const words = [
    given,
    process.getuid!(),
    process.getgid!(),
    process.execPath,
    resolve('out/cli/index.cjs'),
    skill,
  ]
  const home = folder('looks home')
  // Root of a namespace of its own, as the person's system is of theirs, mounts before and after the run has begun.
  const { stdout } = await promisify(execFile)(
    await real('unshare'),
    [
      ...['--user', '--map-root-user', '--mount', '--propagation', 'shared', 'sh', '-c'],
      `mount -t tmpfs none "$1/before" && cp /bin/sh "$1/before/program" &&
       { unshare --user --map-user="$2" --map-group="$3" "$4" "$5" try "$6" --grant-declared --input folder="$1" --json &
         until [ -e "$7/state/.try/looks/out/there" ]; do sleep 0.02; done
         mount -t tmpfs none "$1/later" && touch "$1/later/SECRET" "$1/go/go"; wait; }`,
      ...['sh', ...words.map(String), home],
    ],
    { env: { PATH: process.env['PATH'], HOME: scratch, SKILLET_HOME: home }, timeout: 20_000 },
  )
  const told = JSON.parse(stdout) as { stdout: string; stderr: string }
  expect(told.stdout).toBe('program\n../later/*\n')
  expect(told.stderr).toMatch(/create new: Read-only file system[^]*program: Permission denied/)
})

test('a chosen file that a racing process exchanges for a link is refused, never followed', async () => {
  const base = folder('race')
  const [chosen, secret] = [join(base, 'chosen.txt'), join(base, 'secret.txt')]
  writeFileSync(secret, 'SECRET')
  writeFileSync(chosen, 'chosen')
  symlinkSync(secret, join(base, 'link'))
  const racer = await startRacer(join(base, 'link'), chosen)
  const outcomes = { byName: [] as string[], judged: [] as string[] }
  const read = ['-c', `import sys\nprint(open(${JSON.stringify(chosen)}).read())`]
  const attempt = async (checked: boolean): Promise<string> => {
    let place = await findPlace(chosen)
    // As it was judged: the file itself.
    while (place.source !== chosen) place = await findPlace(chosen)
    const { source, identity } = place
    const path = { path: chosen, source, writable: false, ...(checked ? { identity } : {}) }
    return runInside(read, { paths: [path] }).then(
      ({ stdout }) => stdout.trim(),
      (error: { code: string }) => error.code,
    )
  }
  try {
    for (let round = 0; round < 60 && !outcomes.byName.includes('SECRET'); round++)
      outcomes.byName.push(await attempt(false))
    for (let round = 0; round < 25; round++) outcomes.judged.push(await attempt(true))
  } finally {
    racer.kill()
  }
  expect(outcomes.byName).toContain('SECRET')
  expect(outcomes.judged).not.toContain('SECRET')
  expect(new Set(outcomes.judged).size).toBeLessThanOrEqual(2)
  expect(['chosen', 'SANDBOX_UNAVAILABLE']).toEqual(expect.arrayContaining([...new Set(outcomes.judged)]))
})

test('a state folder that is exchanged for a link after it was judged is refused', async () => {
  const root = join(scratch, 'state root')
  const home = folder('home')
  const script = ['-c', 'open("out/planted","w").write("x")']
  const [judged] = await prepareState(root, ['out'])
  rmSync(join(root, 'out'), { recursive: true })
  symlinkSync(home, join(root, 'out'))
  await runInside(script, { state: [{ inside: 'out', host: judged!.host }] })
  expect(readdirSync(home)).toEqual(['planted'])
  rmSync(join(home, 'planted'))
  await expect(runInside(script, { state: [judged!] })).rejects.toMatchObject({
    code: 'SANDBOX_UNAVAILABLE',
  })
  expect(readdirSync(home)).toEqual([])
})

test('a skill that waits for the word never starts without it', async () => {
  const mark = join(folder('waiting'), 'mark')
  const python = await real('python3')
  const backend = createBubblewrapBackend(await real('bwrap'), launcher)
  const runtime = await createRuntimeFinder()([{ name: 'python3', path: python }])
  const { args, options, words } = await backend.command({
    skillFolder: scratch,
    state: [{ inside: 'waiting', host: folder('waiting') }],
    paths: [],
    runtime,
    command: [python, '-c', 'open("waiting/mark","w")'],
    environment: {},
    hosts: [],
    graphics: false,
    limits: { ...fixedLimits, timeoutMs: 5000, memoryBytes: 96 * MIB },
  })
  for (const [say, code] of [
    ['n', 125],
    ['', 125],
    ['g', 0],
  ] as const) {
    const child = spawn(backend.program, args, {
      env: {},
      stdio: ['ignore', 'ignore', 'inherit', 'ipc', 'pipe', 'pipe', 'pipe'],
    })
    child.on('message', (_message, server: { close(): void }) => server.close())
    const pipes = child.stdio as unknown as NodeJS.ReadWriteStream[]
    pipes[5]!.end(options.map((word) => `${word}\0`).join(''))
    pipes[6]!.end(words.map((word) => `${word}\0`).join(''))
    pipes[4]!.once('data', () => (say === '' ? pipes[4]!.end() : pipes[4]!.write(say)))
    expect(await once(child, 'exit')).toEqual([code, null])
    expect(readdirSync(folder('waiting'))).toEqual(code === 0 ? ['mark'] : [])
  }
  rmSync(mark)
})

function onDisk(path: string): number {
  return readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).blocks * 512, 0)
}

/** Exchanges two names for each other as fast as it can (renameat2(2), RENAME_EXCHANGE). */
async function startRacer(one: string, other: string): Promise<ChildProcess> {
  const script = `
import ctypes,sys
libc=ctypes.CDLL(None)
print('racing',flush=True)
while True: libc.renameat2(-100,${JSON.stringify(one)}.encode(),-100,${JSON.stringify(other)}.encode(),2)`
  const racer = spawn(await real('python3'), ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(racer.stdout!, 'data')
  return racer
}
