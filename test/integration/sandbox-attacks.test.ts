import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Refusal } from '../../src/shared/receipt.ts'
import { real, runInside, runOutside } from '../support/sandbox.ts'

// Each attack prints REACHED when it gets what it wants. It is first run with nothing around it, where it must
// succeed (or the test proves nothing), and then in the sandbox, where it must not.

const scratch = mkdtempSync(join(tmpdir(), 'skillet-attack-'))
const sshFolder = join(homedir(), '.ssh')
const sshKey = join(sshFolder, 'skillet-test-key')
const madeSshFolder = !existsSync(sshFolder)

beforeAll(() => {
  mkdirSync(sshFolder, { recursive: true, mode: 0o700 })
  writeFileSync(sshKey, 'PRIVATE')
})
afterAll(() => {
  rmSync(sshKey, { force: true })
  if (madeSshFolder) rmSync(sshFolder, { recursive: true, force: true })
  rmSync(scratch, { recursive: true, force: true })
  for (const name of ['dropped', 'loaded']) rmSync(`/tmp/skillet-${name}-${process.pid}`, { force: true })
})

interface Attack {
  name: string
  script: string
  /** How the receipt names it. */
  refused?: { kind: Refusal['kind']; what: string | RegExp }
}

const attempt = (body: string) => `
try:
${body.replace(/^/gm, '  ')}
except BaseException as error:
  print('failed:', error)
`

const attacks: Attack[] = [
  {
    name: "reads the person's SSH key",
    script: attempt(`print(open(${JSON.stringify(sshKey)}).read() and 'REACHED')`),
    refused: { kind: 'read', what: sshKey },
  },
  {
    name: 'lists the home folder',
    script: attempt(`import os\nprint(os.listdir(${JSON.stringify(homedir())}) is not None and 'REACHED')`),
    refused: { kind: 'read', what: homedir() },
  },
  {
    name: 'reads the list of users',
    script: attempt(`print(open('/etc/passwd').read() and 'REACHED')`),
    refused: { kind: 'read', what: '/etc/passwd' },
  },
  {
    name: 'writes outside its folders',
    script: attempt(
      `open(${JSON.stringify(join(homedir(), '.skillet-test-evil'))}, 'w').write('x')\nprint('REACHED')`,
    ),
    refused: { kind: 'write', what: join(homedir(), '.skillet-test-evil') },
  },
  {
    name: 'makes a folder outside its folders',
    script: attempt(
      `import os\nos.mkdir(${JSON.stringify(join(homedir(), '.skillet-test-made'))})\nprint('REACHED')`,
    ),
    refused: { kind: 'write', what: join(homedir(), '.skillet-test-made') },
  },
  {
    name: "sees other programs' temporary files",
    script: attempt(`import os\nprint(os.path.exists(${JSON.stringify(scratch)}) and 'REACHED')`),
  },
  {
    name: 'starts a program that it never asked for',
    script: attempt(
      `import subprocess\nprint(subprocess.run(['/usr/bin/env','echo','REACHED'],capture_output=True,text=True).stdout)`,
    ),
    refused: { kind: 'start', what: 'env' },
  },
  {
    name: 'drops a program into /tmp and starts it',
    script: attempt(
      `import os,shutil,subprocess,sys\nshutil.copy(sys.executable,'/tmp/skillet-dropped-${process.pid}')\nos.chmod('/tmp/skillet-dropped-${process.pid}',0o755)\nprint(subprocess.run(['/tmp/skillet-dropped-${process.pid}','-c','print("REACHED")'],capture_output=True,text=True).stdout)`,
    ),
    refused: { kind: 'start', what: `skillet-dropped-${process.pid}` },
  },
  {
    name: 'starts a dropped program through the dynamic loader',
    script: attempt(
      `import glob,shutil,subprocess,sys\nshutil.copy(sys.executable,'/tmp/skillet-loaded-${process.pid}')\nloader=glob.glob('/lib*/ld-linux*')[0]\nprint(subprocess.run([loader,'/tmp/skillet-loaded-${process.pid}','-c','print("REACHED")'],capture_output=True,text=True).stdout)`,
    ),
  },
  {
    name: 'starts a program from memory',
    script: attempt(
      `import os,sys\nfd=os.memfd_create('x',0)\nos.write(fd,open(sys.executable,'rb').read())\npid=os.fork()\nif pid==0:\n  try: os.execv(f'/proc/self/fd/{fd}',['x','-c','print("REACHED")'])\n  except OSError: os._exit(1)\nos.waitpid(pid,0)`,
    ),
  },
  {
    name: "reads the launcher's environment",
    script: attempt(
      `import os\nfor pid in [p for p in os.listdir('/proc') if p.isdigit()]:\n  try:\n    if b'HOME=' + ${JSON.stringify(homedir())}.encode() in open(f'/proc/{pid}/environ','rb').read(): print('REACHED'); break\n  except OSError: pass`,
    ),
  },
  {
    name: 'makes a namespace of its own',
    script: attempt(
      `import ctypes\nprint('REACHED' if ctypes.CDLL(None).unshare(0x10000000)==0 else 'failed')`,
    ),
  },
  {
    name: 'reads another process with ptrace',
    script: attempt(
      `import ctypes,os,signal,time\npid=os.fork()\nif pid==0: time.sleep(5); os._exit(0)\nok=ctypes.CDLL(None).ptrace(16,pid,0,0)==0\nos.kill(pid,9)\nprint('REACHED' if ok else 'failed')`,
    ),
  },
]

describe.each(attacks)('$name', ({ script, refused }) => {
  test('succeeds with nothing around it, fails in the sandbox', async () => {
    expect((await runOutside(['-c', script])).stdout).toContain('REACHED')
    rmSync(join(homedir(), '.skillet-test-evil'), { force: true })
    rmSync(join(homedir(), '.skillet-test-made'), { recursive: true, force: true })

    const inside = await runInside(['-c', script])
    expect(inside.stdout).not.toContain('REACHED')
    expect(inside.reason).toBe('exit')
    expect(existsSync(join(homedir(), '.skillet-test-evil'))).toBe(false)
    if (refused)
      expect(inside.receipt.refused).toContainEqual(
        expect.objectContaining({
          kind: refused.kind,
          what: typeof refused.what === 'string' ? refused.what : expect.stringMatching(refused.what),
        }),
      )
  })
})

test('a Unix socket of this computer cannot be reached', async () => {
  const path = join(scratch, 'agent.sock')
  const server = createServer((socket) => socket.end('REACHED')).listen(path)
  const script = attempt(
    `import socket\ns=socket.socket(socket.AF_UNIX)\ns.connect(${JSON.stringify(path)})\nprint(s.recv(20).decode())`,
  )
  try {
    // The server lives in this process, so the attempt outside must not block it.
    const child = spawn(await real('python3'), ['-c', script])
    let outside = ''
    child.stdout.on('data', (data) => (outside += data))
    await once(child, 'close')
    expect(outside).toContain('REACHED')
    const state = [{ inside: 'sockets', host: scratch }]
    const inside = await runInside(['-c', script.replaceAll(path, '/skill/sockets/agent.sock')], { state })
    expect(inside.stdout).toContain('failed')
    expect(inside.stdout).not.toContain('REACHED')
  } finally {
    server.close()
  }
})

test('a file dropped into a folder that survives cannot be started either', async () => {
  const host = join(scratch, 'kept')
  mkdirSync(host)
  const python = await real('python3')
  const script = attempt(
    `import os,shutil,subprocess\nshutil.copy(${JSON.stringify(python)},'kept/program')\nos.chmod('kept/program',0o755)\nprint(subprocess.run(['kept/program','-c','print("REACHED")'],capture_output=True,text=True).stdout)`,
  )
  const inside = await runInside(['-c', script], { state: [{ inside: 'kept', host }] })
  expect(inside.stdout).toMatch(/failed.*Permission denied/)
  expect(execFileSync(join(host, 'program'), ['-c', 'print("REACHED")'], { encoding: 'utf8' })).toContain(
    'REACHED',
  )
})

test('the supervisor can be neither killed, stopped, starved nor looked into', async () => {
  const attempts = [
    'os.kill(2,9)',
    'os.kill(-1,9)',
    'os.kill(1,9)',
    'os.kill(-2,9)',
    "open('/proc/2/mem','r+b')",
    "open('/proc/2/environ').read()",
    "os.readlink('/proc/2/fd/0')",
    'resource.prlimit(2,resource.RLIMIT_CPU,(1,1))',
    // A file owned by the supervisor would send it any signal, SIGSTOP included.
    'fcntl.fcntl(0,fcntl.F_SETOWN,2)',
    'fcntl.fcntl(0,fcntl.F_SETSIG,19)',
    'fcntl.ioctl(0,0x8901,struct.pack("i",2))',
    'os.setpriority(os.PRIO_PROCESS,2,19)',
    'os.setpriority(os.PRIO_USER,0,19)',
    'os.sched_setscheduler(2,os.SCHED_IDLE,os.sched_param(0))',
    'os.sched_setaffinity(2,{0})',
  ]
  const script = attempts
    .map((line) =>
      attempt(`import fcntl,os,resource,struct\n${line}\nprint('REACHED', ${JSON.stringify(line)})`),
    )
    .join('\n')
  const inside = await runInside(['-c', script])
  expect(inside.stdout).not.toContain('REACHED')
  expect(inside.stdout.match(/failed/g)).toHaveLength(attempts.length)
  expect(inside.exitCode).toBe(0)
  // What a program does to itself stays allowed.
  const own = 'import os\nos.nice(1)\nos.sched_setaffinity(0,os.sched_getaffinity(0))\nprint("fine")'
  expect((await runInside(['-c', own])).stdout).toBe('fine\n')
})

test('it is an ordinary user without capabilities, in a fresh session, with three descriptors', async () => {
  const inside = await runInside([
    '-c',
    "import os\nprint(os.getuid(), os.getgid(), sorted(os.listdir('/proc/self/fd')), os.getsid(0)==os.getpid())\nprint([l for l in open('/proc/self/status') if l.startswith(('CapEff','CapBnd','NoNewPrivs','Seccomp:'))])\nprint(sorted(os.environ))",
  ])
  expect(inside.stdout).toContain("1000 1000 ['0', '1', '2', '3'] True") // 3 is the listing itself
  expect(inside.stdout).toContain("'CapEff:\\t0000000000000000\\n'")
  expect(inside.stdout).toContain("'CapBnd:\\t0000000000000000\\n'")
  expect(inside.stdout).toContain("'NoNewPrivs:\\t1\\n', 'Seccomp:\\t2\\n'")
  expect(inside.stdout).not.toMatch(/DBUS|DISPLAY|XDG|SSH|USER/)
})

test('an endless loop is stopped by the clock, its hidden children with it', async () => {
  const mark = `skillet-mark-${process.pid}`
  const script = `
import os,signal,time
for i in range(20):
  if os.fork()==0:
    os.setsid()
    if os.fork()==0:
      signal.signal(signal.SIGTERM, signal.SIG_IGN)
      time.sleep(60)
    os._exit(0)
while True: pass
# ${mark}`
  const inside = await runInside(['-c', script], { limits: { timeoutMs: 1000 } })
  expect(inside).toMatchObject({ reason: 'time', exitCode: null, signal: 'SIGKILL' })
  expect(inside.receipt.refused).toContainEqual(
    expect.objectContaining({ kind: 'time', what: 'running for more than 1 s' }),
  )
  expect(processesWith(mark)).toEqual([])
})

test('a memory hog is stopped at its cap, also one that spreads over processes', async () => {
  const plain = 'hog=[]\nfor i in range(90): hog.append(bytearray(8_000_000))\nprint("REACHED")'
  const many = `
import os,time
for i in range(8):
  if os.fork()==0:
    hog=bytearray(90_000_000); time.sleep(3); os._exit(0)
for i in range(8): os.wait()
print("REACHED")`
  for (const script of [plain, many]) {
    expect((await runOutside(['-c', script])).stdout).toContain('REACHED')
    const inside = await runInside(['-c', script])
    expect(inside).toMatchObject({ reason: 'memory', exitCode: null })
    expect(inside.stdout).not.toContain('REACHED')
    expect(inside.receipt.memoryMb).toBeGreaterThan(500)
    expect(inside.receipt.refused).toContainEqual(
      expect.objectContaining({ kind: 'memory', what: 'more than 512 MB of memory' }),
    )
  }
})

test('memory that belongs to no process cannot be had either', async () => {
  const hidden = `
import ctypes,os
libc=ctypes.CDLL(None,use_errno=True)
try:
  for i in range(4):
    fd=os.memfd_create(str(i),0)
    for j in range(50): os.write(fd,b'x'*4_000_000)
  print('REACHED memfd')
except OSError as error: print('failed memfd', error)
segment=libc.shmget(0,200_000_000,0o1600)
print('REACHED shm' if segment>=0 else 'failed shm')
if segment>=0: libc.shmctl(segment,0,None)
import mmap
try:
  for i in range(4):
    shared=mmap.mmap(-1,200_000_000)
    for at in range(0,200_000_000,4096): shared[at]=1
    shared.madvise(mmap.MADV_DONTNEED)
  print('REACHED mmap')
except OSError as error: print('failed mmap', error)
semaphores=libc.semget(0,32000,0o1600)
print('REACHED sem' if semaphores>=0 else 'failed sem')
if semaphores>=0: libc.semctl(semaphores,0,0)`
  const outside = await runOutside(['-c', hidden])
  expect(outside.stdout).toMatch(/REACHED memfd\nREACHED shm\nREACHED mmap\nREACHED sem/)
  const inside = await runInside(['-c', hidden])
  expect(inside.stdout).toMatch(/failed memfd.*\nfailed shm\nfailed mmap.*\nfailed sem/)
})

test('a fork bomb meets its limit, and the receipt says so', async () => {
  const script = `
import os,time
children=[]
try:
  for i in range(300):
    pid=os.fork()
    if pid==0:
      time.sleep(2); os._exit(0)
    children.append(pid)
  print('REACHED')
except OSError as error:
  print('failed', len(children), error)
  time.sleep(0.2)`
  expect((await runOutside(['-c', script])).stdout).toContain('REACHED')
  const inside = await runInside(['-c', script])
  expect(inside.stdout).toContain('failed 127')
  expect(inside.receipt.refused).toContainEqual(expect.objectContaining({ kind: 'processes' }))
})

test('tables for memory that is mapped but hardly used count as well', async () => {
  // One byte in every 2 MB of 400 GB: 200,000 pages of tables behind almost no memory.
  const script = `
import mmap
hole=mmap.mmap(-1,400<<30,flags=mmap.MAP_PRIVATE|mmap.MAP_ANONYMOUS|0x4000,prot=mmap.PROT_READ)
for at in range(0,400<<30,2<<20): hole[at]
print('REACHED')`
  expect((await runOutside(['-c', script])).stdout).toContain('REACHED')
  const inside = await runInside(['-c', script], { limits: { memoryBytes: 256 * 1024 * 1024 } })
  expect(inside.reason).toBe('memory')
})

test('the receipt cannot be blinded', async () => {
  const host = join(scratch, 'blind')
  mkdirSync(host)
  const state = [{ inside: 'out', host }]
  const run = (body: string) => runInside(['-c', `import os,ctypes\n${body}`], { state })
  const undumpable = await run("print(ctypes.CDLL(None).prctl(4,0,0,0,0))\nopen('out/one','w').write('x')")
  expect(undumpable.stdout).toBe('-1\n')
  expect(undumpable.receipt.written).toEqual([join(host, 'one')])
  const flooded = await run(
    "for i in range(5000):\n  try: open(f'/home/nobody/{i}')\n  except OSError: pass\nopen('out/two','w').write('x')",
  )
  expect(flooded.receipt.written).toEqual([join(host, 'two')])
  expect(flooded.receipt.refused).toContainEqual(expect.objectContaining({ kind: 'attempts' }))
  const renamed = await run("os.mkdir('out/d')\nopen('out/d/f','w').write('x')\nos.rename('out/d','out/e')")
  expect(renamed.receipt.written).toEqual([join(host, 'e')])
  const hidden = await run(
    "os.mkdir('out/h')\nopen('out/h/f','w').write('x')\nos.chmod('out/h',0)\nos.symlink('loop','out/loop')",
  )
  expect(hidden.exitCode).toBe(0)
  expect(hidden.receipt.written).toContain(join(host, 'h/f'))
  execFileSync('chmod', ['700', join(host, 'h')])
})

test('stopping while the sandbox is still being built stops it all the same', async () => {
  const mark = `skillet-early-${process.pid}`
  for (let delay = 0; delay < 30; delay++) {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), delay)
    const outcome = await runInside(['-c', `import time\ntime.sleep(20) # ${mark}`], {
      signal: controller.signal,
    }).catch((error: { code: string }) => ({ reason: error.code }))
    expect(['stopped', 'CANCELLED']).toContain(outcome.reason)
  }
  expect(processesWith(mark)).toEqual([])
})

test('too much output ends the run', async () => {
  const inside = await runInside(['-c', 'while True: print("x"*100000)'], {
    limits: { outputBytes: 1_000_000 },
  })
  expect(inside.reason).toBe('output')
})

test('a person can stop a run, and nothing of it is left', async () => {
  const mark = `skillet-stop-${process.pid}`
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 300)
  const inside = await runInside(['-c', `import time\ntime.sleep(60) # ${mark}`], {
    signal: controller.signal,
  })
  expect(inside.reason).toBe('stopped')
  expect(processesWith(mark)).toEqual([])
})

test('secrets reach the skill but never a command line', async () => {
  const secret = `canary-${process.pid}-8d1f`
  const running = runInside(
    ['-c', 'import os,time\ntime.sleep(1)\nprint(len(os.environ["EXAMPLE_API_KEY"]))'],
    {
      environment: { EXAMPLE_API_KEY: secret },
    },
  )
  await new Promise((done) => setTimeout(done, 500))
  expect(processesWith(secret)).toEqual([])
  expect((await running).stdout.trim()).toBe(String(secret.length))
})

test('without the launcher, the sandbox refuses instead of running', async () => {
  const { createBubblewrapBackend } = await import('../../src/engine/sandbox/bubblewrap-backend.ts')
  const { launch } = await import('../../src/engine/sandbox/launch.ts')
  const { createRuntimeFinder } = await import('../../src/engine/sandbox/runtime.ts')
  const { fixedLimits } = await import('../../src/engine/sandbox/profile.ts')
  const shell = await real('sh')
  const marker = join(scratch, 'ran')
  await expect(
    launch(
      {
        skillFolder: scratch,
        state: [],
        paths: [],
        runtime: await createRuntimeFinder()([{ name: 'sh', path: shell }]),
        command: [shell, '-c', `echo ran > ${marker}`],
        environment: {},
        hosts: [],
        graphics: false,
        limits: { ...fixedLimits, timeoutMs: 5000, memoryBytes: 1e8 },
      },
      {
        backend: createBubblewrapBackend(await real('bwrap'), join(scratch, 'no-such-launcher')),
        egress: { hosts: [], maxRequests: 0, maxBytesOut: 0 },
      },
    ),
  ).rejects.toMatchObject({ code: 'SANDBOX_UNAVAILABLE' })
  expect(existsSync(marker)).toBe(false)
})

/** Process ids whose command line holds `text`, this one's own left out. */
function processesWith(text: string): string[] {
  return execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter(
      (line) =>
        line.includes(text) && !line.includes('vitest') && Number(line.trim().split(' ')[0]) !== process.pid,
    )
}
