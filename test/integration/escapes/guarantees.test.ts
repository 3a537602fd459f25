import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createBubblewrapBackend } from '../../../src/engine/sandbox/bubblewrap-backend.ts'
import { launch } from '../../../src/engine/sandbox/launch.ts'
import { fixedLimits } from '../../../src/engine/sandbox/profile.ts'
import { createRuntimeFinder } from '../../../src/engine/sandbox/runtime.ts'
import { real, runInside } from '../../support/sandbox.ts'
import { backends } from './attempt.ts'

// What no attempt shows by itself: how a skill's surroundings look when nothing is tried, that the receipt can't be
// blinded, and that a run ends when it is told to.

const scratch = mkdtempSync(join(tmpdir(), 'skillet-guarantee-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe.each(backends)('under %s', (backend) => {
  test('a skill is an ordinary user without capabilities, in a fresh session, with three descriptors', async () => {
    const { stdout } = await runInside(
      [
        '-c',
        `import os
print(os.getuid(), os.getgid(), sorted(os.listdir('/proc/self/fd')), os.getsid(0) == os.getpid())
print([line for line in open('/proc/self/status') if line.startswith(('Cap', 'NoNewPrivs', 'Seccomp:'))])
# One byte, the one value that keeps a crash from being handed to a program of root's (core(5)), and it stays.
import resource
resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); print('core', resource.getrlimit(resource.RLIMIT_CORE))
print('behind', os.getpriority(os.PRIO_PROCESS, 0), os.getpriority(os.PRIO_PROCESS, os.getppid()))`,
      ],
      { backend },
    )
    expect(stdout).toContain("1000 1000 ['0', '1', '2', '3'] True") // 3 is the listing itself
    for (const kind of ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb'])
      expect(stdout).toContain(`'Cap${kind}:\\t0000000000000000\\n'`)
    expect(stdout).toContain('core (1, 1)')
    // Its supervisor, and the person's other programs, come first.
    expect(stdout).toContain('behind 5 0')
    expect(stdout).toContain("'NoNewPrivs:\\t1\\n', 'Seccomp:\\t2\\n'")
  })

  test('nothing stands in its file tree but what it was given, and nothing outside its folders can be written', async () => {
    const host = join(scratch, `kept-${backend}`)
    mkdirSync(host)
    const { stdout } = await runInside(
      [
        '-c',
        `import os
print(sorted(os.listdir('/')), sorted(os.listdir('/home')), sorted(os.listdir('/dev')))
writable = []
for line in open('/proc/self/mountinfo'):
  place = line.split()[4]
  if not os.statvfs(place).f_flag & os.ST_RDONLY: writable.append((place, bool(os.statvfs(place).f_flag & os.ST_NOEXEC)))
print(writable)
print(bool(os.statvfs('/proc/sys/kernel/core_pattern').f_flag & os.ST_RDONLY))
lines = [line.split() for line in open('/proc/self/mountinfo')]
for flag in ('nosuid', 'nodev'): print(flag, [place[4] for place in lines if flag not in place[5].split(',')])`,
      ],
      { backend, state: [{ inside: 'kept', host }] },
    )
    const [tree, mounts, settings, withRights, withDevices] = stdout.trim().split('\n')
    expect(tree).toMatch(
      /^\[('(\.launcher|bin|dev|etc|home|lib|lib32|lib64|proc|skill|tmp|usr)'(, )?)+\] \['skill'\]/,
    )
    expect(tree).toMatch(
      /\[('(fd|full|null|random|shm|stderr|stdin|stdout|urandom|zero|pts|ptmx|tty|console)'(, )?)+\]$/,
    )
    // Devices without a store behind them are written to all the time; of the rest, only these four.
    const places = [...mounts!.matchAll(/\('([^']+)', (True|False)\)/g)].map(([, place, noexec]) => ({
      place,
      noexec,
    }))
    const kept = places.filter(
      ({ place }) => !/^\/dev\/(null|zero|full|random|urandom|tty|pts)$/.test(place!),
    )
    expect(new Set(kept.map(({ place }) => place))).toEqual(
      new Set(['/dev/shm', '/proc', '/skill/kept', '/tmp']),
    )
    expect(kept.every(({ noexec }) => noexec === 'True')).toBe(true)
    expect(settings).toBe('True')
    // No file there can hand on its owner's rights, and there are no devices but three, the first also over what is hidden.
    expect(withRights).toBe('nosuid []')
    expect(withDevices).toMatch(
      /^nodev \[('\/(dev\/(null|random|urandom)|proc\/(keys|key-users|cmdline|interrupts|sys\/kernel\/random\/boot_id|bus\/pci\/devices))'(, )?)+\]$/,
    )
  })

  test('it learns no more of where things lie on this computer than where its own files do', async () => {
    const named = await runInside(
      [
        '-c',
        "import os; print(os.uname().nodename, 'ssl' in os.listdir('/etc')); print(open('/proc/self/cgroup').read())",
      ],
      { backend },
    )
    // Certificates are for those that go online.
    expect(named.stdout).toMatch(/^skillet False\n(\d+:[^:]*:\/\n)+\n$/)
    const { stdout } = await runInside(['-c', "print(open('/proc/self/mountinfo').read())"], { backend })
    const roots = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[3]!)
    const home = homedir()
    for (const root of roots) {
      const own = /skillet-test-|skillet-launcher$/.test(root)
      if (!own) expect(`${root}/`.startsWith(`${home}/`)).toBe(false)
      expect(root).toMatch(
        /^\/($|usr(\/|$)|lib|etc\/|null$|zero$|full$|u?random$|tty$|sys$|dev\/|proc\/|.*skillet-test-|.*skillet-launcher$|run\/firejail|newroot)/,
      )
    }
  })

  test('what it does to itself stays allowed', async () => {
    const own = `import os, tempfile, threading, multiprocessing.synchronize
os.nice(1)
os.sched_setaffinity(0, os.sched_getaffinity(0))
thread = threading.Thread(target=print, args=['thread'])
thread.start(); thread.join()
with tempfile.TemporaryDirectory() as folder:
  open(folder + '/a', 'w').write('x'); os.chmod(folder + '/a', 0o755); os.rename(folder + '/a', folder + '/b')
  os.symlink('b', folder + '/c'); os.link(folder + '/b', folder + '/d')
os.kill(os.getpid(), 0)
print('fine')`
    const { stdout, receipt } = await runInside(['-c', own], { backend })
    expect(stdout).toBe('thread\nfine\n')
    expect(receipt.refused).toEqual([])
  })

  test('the receipt cannot be blinded', async () => {
    const host = join(scratch, `blind-${backend}`)
    mkdirSync(host)
    const state = [{ inside: 'out', host }]
    const run = (body: string) => runInside(['-c', `import os,ctypes\n${body}`], { state, backend })
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
    chmodSync(join(host, 'h'), 0o700)
    const piped = await run("os.mkfifo('out/pipe')")
    expect(piped.receipt.written).toEqual([join(host, 'pipe')])
  })

  test('what a shell looks for in vain is told as what it would have started', async () => {
    const { stderr, receipt } = await runInside(['-c', 'env true; no-such-program; echo fine'], {
      programs: ['sh'],
      backend,
    })
    expect(stderr).toMatch(/env: not found[^]*no-such-program: not found/)
    expect(receipt.refused).toEqual([expect.objectContaining({ kind: 'start', what: 'env' })])
  })

  test('secrets reach the skill but never a command line', async () => {
    const secret = `canary-${process.pid}-8d1f`
    const running = runInside(
      [
        '-c',
        'import os,time\nprint("there", flush=True)\ntime.sleep(0.6)\nprint(len(os.environ["EXAMPLE_API_KEY"]))',
      ],
      { environment: { EXAMPLE_API_KEY: secret }, backend },
    )
    await new Promise((done) => setTimeout(done, 400))
    expect(processesWith(secret)).toEqual([])
    expect((await running).stdout).toBe(`there\n${secret.length}\n`)
  })

  test('a person can stop a run, and nothing of it is left', async () => {
    const mark = `skillet-stop-${process.pid}`
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 300)
    const { reason } = await runInside(['-c', `import time\ntime.sleep(60) # ${mark}`], {
      signal: controller.signal,
      backend,
    })
    expect(reason).toBe('stopped')
    expect(processesWith(mark)).toEqual([])
  })

  test('stopping while the sandbox is still being built stops it all the same', async () => {
    const mark = `skillet-early-${process.pid}`
    for (let delay = 0; delay < 30; delay += backend === 'bubblewrap' ? 1 : 5) {
      const controller = new AbortController()
      setTimeout(() => controller.abort(), delay)
      const outcome = await runInside(['-c', `import time\ntime.sleep(20) # ${mark}`], {
        signal: controller.signal,
        backend,
      }).catch((error: { code: string }) => ({ reason: error.code }))
      expect(['stopped', 'CANCELLED']).toContain(outcome.reason)
    }
    expect(processesWith(mark)).toEqual([])
  })
})

test('without the launcher, the sandbox refuses instead of running', async () => {
  const shell = await real('sh')
  const marker = join(scratch, 'ran')
  const profile = {
    skillFolder: scratch,
    state: [],
    paths: [],
    runtime: await createRuntimeFinder()([{ name: 'sh', path: shell }]),
    command: [shell, '-c', `echo ran > ${marker}`],
    environment: {},
    hosts: [],
    graphics: false,
    limits: { ...fixedLimits, timeoutMs: 5000, memoryBytes: 1e8 },
  }
  await expect(
    launch(profile, {
      backend: createBubblewrapBackend(await real('bwrap'), join(scratch, 'no-such-launcher')),
      egress: { hosts: [], maxRequests: 0, maxBytesOut: 0 },
    }),
  ).rejects.toMatchObject({ code: 'SANDBOX_UNAVAILABLE' })
  expect(existsSync(marker)).toBe(false)
})

/** Lines about processes whose command line holds `text`. */
function processesWith(text: string): string[] {
  return execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(text))
}
