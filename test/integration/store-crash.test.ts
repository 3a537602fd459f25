import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StoreStep } from '../support/faults/store-child.ts'
import { notOnDisk, toCalls, type DiskCall } from '../support/faults/disk-calls.ts'
import { countTo, createStoreLab, forEachPoint, slug, type StoreLab } from '../support/faults/store-lab.ts'

let lab: StoreLab
beforeAll(async () => {
  lab = await createStoreLab()
})
afterAll(() => lab.stop())

const twoVersions: StoreStep[] = [
  { do: 'install', version: '1.0.0' },
  { do: 'install', version: '2.0.0' },
]
const update: StoreStep = { do: 'install', version: '3.0.0' }

interface Change {
  title: string
  before: StoreStep[]
  step: StoreStep
  prepare?: (home: string) => Promise<void>
}
const changes: Change[] = [
  { title: 'install', before: [], step: { do: 'install', version: '1.0.0' } },
  { title: 'update', before: twoVersions, step: update },
  {
    title: 'the same version again',
    before: twoVersions,
    step: { do: 'install', version: '2.0.0' },
  },
  { title: 'rollback', before: twoVersions, step: { do: 'rollback', version: '1.0.0' } },
  { title: 'remove', before: twoVersions, step: { do: 'remove' } },
  { title: 'restore', before: [...twoVersions, { do: 'remove' }], step: { do: 'restore' } },
  { title: 'quarantine', before: twoVersions, step: { do: 'quarantine', version: '2.0.0' } },
  {
    title: 'an update out of quarantine',
    before: [...twoVersions, { do: 'quarantine', version: '2.0.0' }],
    step: update,
  },
  {
    title: 'repair',
    before: twoVersions,
    step: { do: 'repair' },
    async prepare(home) {
      const path = join(home, 'skills', slug, '2.0.0', 'SKILL.md')
      await chmod(path, 0o644)
      await writeFile(path, 'my own words')
    },
  },
]

async function baseOf({ before, prepare }: Change): Promise<string> {
  const base = await lab.storeAfter(before)
  await prepare?.(base)
  return base
}

/** The calls of one whole change that change the disk, in order, and the state that it leads to. */
async function wholeChange(base: string, step: StoreStep): Promise<{ calls: DiskCall[]; done: string }> {
  const home = await lab.copyOf(base)
  const log = `${home}.log`
  const end = await lab.start(home, [step], { fault: { at: 0, log } })
  expect(end.report?.outcomes, end.stderr).toEqual(['done'])
  const calls = toCalls(await readFile(log, 'utf8'), home)
  const done = await lab.stateOf(home)
  await lab.discard(home)
  return { calls, done }
}

describe('kill -9 at each system call that changes the disk', () => {
  const points = new Map<string, number>()

  it.each(changes)(
    '$title: the next start has all of it or nothing of it, and no remains',
    async (change) => {
      const base = await baseOf(change)
      const stateAt = (home: string) => lab.stateOf(home).catch((error: unknown) => String(error))
      // A repair begins with what is not sound, which is said as an error.
      const old = await stateAt(await lab.copyOf(base))
      const { calls, done } = await wholeChange(base, change.step)
      expect(calls.length).toBeGreaterThan(15)
      const found = async (home: string) => {
        const state = await stateAt(home)
        return state === done ? 'new' : state === old ? 'old' : state
      }

      const home = await lab.copyOf(base)
      const { end, use } = await lab.atEachCall(home, change.step)
      expect(end.report?.outcomes, end.stderr).toEqual(['done'])
      const seen: string[] = []
      for (const at of countTo(calls.length)) {
        await use(at)
        seen.push(await found(home))
      }
      points.set(change.title, seen.length)
      await lab.discard(home)
      // Once decided, it never goes back. A version that is replaced by itself looks the same before and after.
      const decided = seen.indexOf('new')
      expect(seen).toEqual(seen.map((_, index) => (index < decided ? 'old' : 'new')))
      if (old !== done) expect(decided).toBeGreaterThan(0)

      // A process that is really killed leaves the same, also around the call that decides.
      const around = [decided - 1, decided, decided + 1, decided + 2]
      const killedAt = [...countTo(calls.length, 12), ...around].filter((at) => at > 0 && at <= seen.length)
      await forEachPoint([...new Set(killedAt)], async (at) => {
        const killed = await lab.copyOf(base)
        const ended = await lab.start(killed, [change.step], { fault: { at } })
        expect(ended.signal, `${at}: ${ended.stderr}`).toBe('SIGKILL')
        expect(await found(killed), `${at}`).toBe(seen[at - 1])
        await lab.discard(killed)
      })
    },
    300_000,
  )

  it('was at 200 points at least in install, update and going back alone', () => {
    const counted = ['install', 'update', 'rollback'].map((title) => points.get(title) ?? 0)
    expect(counted.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(200)
  })

  it('is survived again while the next start settles what the first one left', async () => {
    const base = await baseOf(changes[1]!)
    const old = await lab.stateOf(await lab.copyOf(base))
    const { calls, done } = await wholeChange(base, update)
    const ends = new Set<string>()
    // The first is undone, the second is finished.
    for (const at of [Math.floor(calls.length / 2), calls.length - 6]) {
      const killed = await lab.copyOf(base)
      const end = await lab.start(killed, [update], { fault: { at } })
      expect(end.signal, end.stderr).toBe('SIGKILL')
      const home = await lab.copyOf(killed)
      const settling = await lab.atEachCall(home, { do: 'open' }, { fromOpening: true })
      const count = settling.calls.split('\n').length - 1
      expect(count).toBeGreaterThan(5)
      for (const second of countTo(count)) {
        await settling.use(second)
        ends.add(await lab.stateOf(home))
      }
      await forEachPoint(countTo(count, 12), async (second) => {
        const again = await lab.copyOf(killed)
        const ended = await lab.start(again, [{ do: 'open' }], { fault: { at: second }, fromOpening: true })
        expect(ended.signal, ended.stderr).toBe('SIGKILL')
        ends.add(await lab.stateOf(again))
      })
    }
    expect([...ends].map((state) => (state === old ? 'old' : state === done ? 'new' : state))).toEqual([
      'old',
      'new',
    ])
  }, 300_000)

  it('misses none of the calls that strace sees', async () => {
    const base = await baseOf(changes[1]!)
    const home = await lab.copyOf(base)
    const log = `${home}.log`
    const trace = `${home}.trace`
    const end = await lab.start(home, [update], {
      fault: { at: 0, log },
      wrap: (command) => ['strace', '-f', '-y', '-s', '4096', '-o', trace, ...command],
    })
    expect(end.report?.outcomes, end.stderr).toEqual(['done'])
    const counted = toCalls(await readFile(log, 'utf8'), home).map(({ call }) => call)
    const lines = (await readFile(trace, 'utf8')).split('\n')
    const from = lines.findIndex((line) => line.includes(`${home}.started`) && line.includes('O_CREAT'))
    const inHome = (line: string) => new RegExp(`["<]${home}[/">]`).test(line)
    const changing =
      /^\d+ +(?:(?:pwrite64|writev|pwritev2?|write|rename|renameat2?|link|linkat|symlink|symlinkat|unlink|unlinkat|mkdir|mkdirat|rmdir|fsync|fdatasync|syncfs|ftruncate|truncate|fallocate|fchmod|chmod|fchmodat2?|fchown|chown|utimensat|copy_file_range|sendfile|setxattr|fsetxattr|ioctl)\(|(?:open|openat|creat)\(.*(?:O_CREAT|O_TRUNC))/
    const seen = lines
      .slice(from + 1)
      .filter((line) => changing.test(line) && inHome(line))
      .map((line) => /^\d+ +(\w+)/.exec(line)![1]!)
    expect(from).toBeGreaterThan(0)
    const names = (calls: string[]) => calls.map((call) => call.replace(/(at|at2|64)$/, '')).sort()
    expect(names(seen)).toEqual(names(counted))
  })
})

describe('a power cut', () => {
  it.each([
    ['update', changes[1]!],
    ['rollback', changes[3]!],
    ['repair', changes.at(-1)!],
  ])(
    '%s: what the step that decides relies on is on disk before it, and the rest before the end',
    async (_, change) => {
      const { calls } = await wholeChange(await baseOf(change), change.step)
      const decides = calls.findIndex(({ call, to }) => call === 'rename' && to === `records/${slug}.json`)
      expect(decides).toBeGreaterThan(0)
      expect(notOnDisk(calls.slice(0, 15))).not.toEqual([])
      // From the first move on: what follows can be done again by the intent and the files, once those are on disk.
      const moves = calls.findIndex(
        ({ call, path, to }) =>
          call === 'rename' && (/^staging\/.*\/(files|record\.json)$/.test(path) || to.endsWith('/replaced')),
      )
      const relied = notOnDisk(calls.slice(0, moves)).filter(
        // The old record set aside is for this process alone.
        (path) => /^(staging|records)/.test(path) && !path.endsWith('/previous-record.json'),
      )
      expect(relied).toEqual([])
      const left = notOnDisk(calls).filter((path) =>
        /^(records|skills|audit\/.*jsonl|grants\.json)/.test(path),
      )
      // `current` only repeats the record, and what comes back of what was deleted is deleted again.
      const again = [`skills/${slug}`, `skills/${slug}/current`, `records/kept/${slug}`]
      expect(left.filter((path) => !again.includes(path))).toEqual([])
    },
  )
})

describe('a disk that fails at any point of a change', () => {
  it.each(
    changes.flatMap((change) => [
      { ...change, kind: 'full', error: constants.errno.ENOSPC, code: 'NO_SPACE' },
      { ...change, kind: 'read-only', error: constants.errno.EROFS, code: 'NOT_WRITABLE' },
    ]),
  )(
    '$title, $kind: an error that says so and the old version, or the new one whole',
    async ({ error, code, ...change }) => {
      const base = await baseOf(change)
      const stateAt = (home: string) => lab.stateOf(home).catch((problem: unknown) => String(problem))
      // A repair begins with what is not sound, which is said as an error.
      const old = await stateAt(await lab.copyOf(base))
      const { calls, done } = await wholeChange(base, change.step)
      await forEachPoint(countTo(calls.length, 6), async (at) => {
        const home = await lab.copyOf(base)
        const end = await lab.start(home, [change.step], { fault: { at, error } })
        const outcome = end.report?.outcomes[0]
        expect(['done', code], `${at}: ${end.stderr}`).toContain(outcome)
        const state = await stateAt(home)
        if (outcome === 'done') expect(state === done, `${at}: ${state}`).toBe(true)
        // A disk that refuses even to undo leaves that to the next start, which may find the change decided.
        else expect(error === constants.errno.ENOSPC ? [old] : [old, done], `${at}`).toContain(state)
        await lab.discard(home)
      })
    },
    300_000,
  )
})

describe('a disk of its own', () => {
  /** An unprivileged process may mount a small disk of its own in a namespace of its own. */
  const onDisk = (home: string, size: string, then: string) => (command: string[]) => [
    ...['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c'],
    `mount -t tmpfs -o "size=$1,mode=0700" small "$2" && cp -a "$3/." "$2" && ${then} && shift 3 && exec "$@"`,
    ...['sh', size, home, `${home}.base`, ...command],
  ]
  async function prepared(before: StoreStep[] = [{ do: 'install', version: '1.0.0' }]): Promise<string> {
    const base = await lab.storeAfter(before)
    const home = lab.freshHome()
    await rename(base, `${home}.base`)
    await mkdir(home)
    return home
  }

  it.each([
    ['while extracting', 1_600_000],
    ['while downloading', 4_000_000],
  ])('that is full %s: NO_SPACE, and it is as it was', async (_, bytes) => {
    await lab.addSample({
      version: '9.0.0',
      beside: [{ path: 'data.bin', content: noise(bytes), executable: false }],
    })
    const home = await prepared()
    const steps: StoreStep[] = [{ do: 'install', version: '9.0.0' }]
    const roomy = await lab.start(home, steps, { wrap: onDisk(home, '32m', 'true') })
    expect(roomy.report?.outcomes, roomy.stderr).toEqual(['done'])
    const small = await lab.start(home, steps, { wrap: onDisk(home, '2500k', 'true') })
    expect(small.report?.outcomes, small.stderr).toEqual(['NO_SPACE'])
    const settled = (tree: string[]) => tree.filter((line) => !line.startsWith('cache/'))
    expect(settled(small.report!.after)).toEqual(settled(small.report!.before))
  })

  it('that is read-only: it opens and verifies, and each change says why not', async () => {
    const home = await prepared(twoVersions)
    const steps: StoreStep[] = [
      { do: 'open' },
      { do: 'check' },
      { do: 'install', version: '3.0.0' },
      { do: 'rollback', version: '1.0.0' },
      { do: 'remove' },
      { do: 'quarantine', version: '2.0.0' },
    ]
    const end = await lab.start(home, steps, {
      wrap: onDisk(home, '32m', 'mount -o remount,bind,ro "$2"'),
    })
    expect(end.report?.outcomes, end.stderr).toEqual([
      'NOT_WRITABLE',
      'done',
      'NOT_WRITABLE',
      'NOT_WRITABLE',
      'NOT_WRITABLE',
      'NOT_WRITABLE',
    ])
  })
})

describe('two Skillets at once', () => {
  it('both see a sound store all the time, whatever either does to the same skills and to others', async () => {
    for (const version of ['1.0.0', '2.0.0', '3.0.0']) await lab.addSample({ slug: 'other-skill', version })
    const home = await lab.storeAfter(twoVersions)
    const both = await Promise.all(
      [1, 2].map((seed) =>
        lab.start(home, [{ do: 'anything', times: 50, seed, slugs: [slug, 'other-skill'] }]),
      ),
    )
    for (const end of both) expect(end.report?.outcomes, end.stderr).toEqual(['done'])
    await lab.stateOf(home)
    const again = await lab.start(home, [{ do: 'install', version: '3.0.0' }, { do: 'check' }])
    expect(again.report?.outcomes, again.stderr).toEqual(['done', 'done'])
  })
})

/** Not compressible, and the same every time. */
function noise(bytes: number): Uint8Array {
  const content = new Uint8Array(bytes)
  let state = 42
  for (let at = 0; at < bytes; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    content[at] = state >>> 24
  }
  return content
}
