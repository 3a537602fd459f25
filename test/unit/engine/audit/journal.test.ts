import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { digestOf } from '../../../../src/engine/audit/chain.ts'
import { withFileLock } from '../../../../src/engine/audit/file-lock.ts'
import { createJournal } from '../../../../src/engine/audit/journal.ts'

let dir: string
let today: string
beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'skillet-audit-')), 'audit')
  today = '2026-03-10T12:00:00.000Z'
})
afterEach(() => rm(join(dir, '..'), { recursive: true, force: true }))

const journal = () => createJournal({ dir, now: () => new Date(today) })
const file = (month: string) => join(dir, `${month}.jsonl`)
const lines = async (month: string) => (await readFile(file(month), 'utf8')).split('\n').slice(0, -1)
const rewrite = (month: string, kept: readonly string[]) =>
  writeFile(file(month), kept.map((line) => `${line}\n`).join(''))

/** Three entries in March, two in April. */
async function filled() {
  const one = journal()
  for (const text of ['a', 'b', 'c']) await one.append('run', 'csv-profile', text)
  today = '2026-04-01T00:00:00.000Z'
  for (const text of ['d', 'e']) await one.append('run', null, text)
  return one
}

describe('createJournal', () => {
  it('numbers, dates and chains its entries, across months', async () => {
    const one = await filled()
    expect(await readdir(dir)).toEqual(['2026-03.jsonl', '2026-04.jsonl', 'head.json'])
    const march = (await lines('2026-03')).map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(march[0]).toMatchObject({
      seq: 1,
      slug: 'csv-profile',
      text: 'a',
      detail: {},
      prev: '0'.repeat(64),
    })
    const [april] = await lines('2026-04')
    expect(JSON.parse(april!)).toMatchObject({ seq: 4, prev: digestOf((await lines('2026-03'))[2]!) })
    expect(await one.verify()).toEqual({ ok: true, problem: null, entries: 5, sealed: [] })
    expect((await stat(file('2026-03'))).mode & 0o777).toBe(0o600)
  })

  it('lists the newest first, page by page', async () => {
    const one = await filled()
    const first = await one.list({ limit: 2, before: null })
    expect(first.map(({ text }) => text)).toEqual(['e', 'd'])
    const second = await one.list({ limit: 10, before: first[1]!.seq })
    expect(second.map(({ text }) => text)).toEqual(['c', 'b', 'a'])
    expect(await createJournal({ dir: join(dir, 'none') }).list({ limit: 5, before: null })).toEqual([])
  })

  it('lists what lies far back, of a journal that is read in parts', async () => {
    const one = journal()
    for (let index = 1; index <= 60; index++) await one.note('run', null, `${index} ${'ü'.repeat(5000)}`)
    const seqs = async (before: number | null) =>
      (await one.list({ limit: 3, before })).map(({ seq, text }) => [seq, Number(text.split(' ')[0])])
    expect(await seqs(null)).toEqual([60, 59, 58].map((seq) => [seq, seq]))
    expect(await seqs(31)).toEqual([30, 29, 28].map((seq) => [seq, seq]))
    expect(await seqs(3)).toEqual([2, 1].map((seq) => [seq, seq]))
  })

  it('is verified while somebody writes: nobody waits for that', async () => {
    const one = await filled()
    const verdict = { ok: true, problem: null, entries: 5, sealed: [] }
    await withFileLock(join(dir, 'journal.lock'), async () => expect(await one.verify()).toEqual(verdict))
    const writing = Promise.all(Array.from({ length: 20 }, () => journal().note('run', null, 'more')))
    for (let look = 0; look < 5; look++) expect((await one.verify()).ok).toBe(true)
    await writing
    expect(await one.verify()).toMatchObject({ ok: true, entries: 25 })
  })

  it('redacts before it writes', async () => {
    const key = `sk-${'a1B2'.repeat(6)}`
    const one = createJournal({ dir, secrets: () => ({ PIN_KEY: 'tiny-pin' }) })
    await one.append('run', 's', `used ${key}`, { header: [`Bearer ${key}`], body: 'tiny-pin' })
    const [name] = await readdir(dir)
    const text = await readFile(join(dir, name!), 'utf8')
    expect(text).not.toContain(key)
    expect(text).not.toContain('tiny-pin')
    expect(text).toContain('«REDACTED:PIN_KEY»')
  })

  it('notes an entry before it is on the disk: in the chain at once, remembered a little later', async () => {
    const one = journal()
    await one.append('run', null, 'first')
    const { link, durable } = await one.note('run.started', 's', 'noted')
    expect(digestOf((await lines('2026-03'))[1]!)).toBe(link.hash)
    expect(link.seq).toBe(2)
    expect(await journal().verify()).toMatchObject({ ok: true, entries: 2 })
    await durable
    await one.settled()
    expect(JSON.parse(await readFile(join(dir, 'head.json'), 'utf8'))).toEqual({ seq: 2, sha256: link.hash })
    expect(await readdir(dir)).toEqual(['2026-03.jsonl', 'head.json'])
  })

  it('remembers the very first entry at once, or a cut journal could not be told from a short one', async () => {
    await journal().note('run', null, 'first')
    expect(JSON.parse(await readFile(join(dir, 'head.json'), 'utf8'))).toMatchObject({ seq: 1 })
  })

  it('keeps one chain where several writers note and append at once', async () => {
    const others = [journal(), journal(), journal()]
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        others[index % 3]![index % 2 === 0 ? 'note' : 'append']('run', null, `${index}`),
      ),
    )
    await Promise.all(others.map((one) => one.settled()))
    expect(await journal().verify()).toMatchObject({ ok: true, entries: 30 })
    const last = (await lines('2026-03')).at(-1)!
    expect(JSON.parse(await readFile(join(dir, 'head.json'), 'utf8'))).toEqual({
      seq: 30,
      sha256: digestOf(last),
    })
  })

  it('notes nothing behind an end that was cut or changed since its last entry', async () => {
    const one = journal()
    await one.append('run', null, 'first')
    await one.note('run', null, 'second')
    await one.settled()
    const whole = await lines('2026-03')
    await rewrite('2026-03', whole.slice(0, 1))
    await expect(one.note('run', null, 'third')).rejects.toMatchObject({ code: 'AUDIT_BROKEN' })
    await rewrite('2026-03', [whole[0]!, whole[1]!.replace('second', 'forged')])
    await expect(one.note('run', null, 'third')).rejects.toMatchObject({ code: 'AUDIT_BROKEN' })
  })

  it('keeps order when the clock is set back to an earlier month', async () => {
    const one = await filled()
    today = '2026-02-01T00:00:00.000Z'
    await one.append('run', null, 'f')
    expect(await one.verify()).toMatchObject({ ok: true, entries: 6 })
  })

  it('is safe with several writers at once', async () => {
    const others = [journal(), journal(), journal()]
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => others[index % 3]!.append('run', null, `${index}`)),
    )
    expect(await others[0]!.verify()).toEqual({ ok: true, problem: null, entries: 30, sealed: [] })
  })
})

describe('tampering', () => {
  const attacks: [string, () => Promise<unknown>][] = [
    [
      'a changed word',
      async () => writeFile(file('2026-03'), (await readFile(file('2026-03'), 'utf8')).replace('"b"', '"x"')),
    ],
    [
      'a changed first line',
      async () => writeFile(file('2026-03'), (await readFile(file('2026-03'), 'utf8')).replace('"a"', '"x"')),
    ],
    [
      'a changed last line',
      async () => writeFile(file('2026-04'), (await readFile(file('2026-04'), 'utf8')).replace('"e"', '"x"')),
    ],
    [
      'a line removed in the middle',
      async () =>
        rewrite(
          '2026-03',
          (await lines('2026-03')).filter((_, at) => at !== 1),
        ),
    ],
    ['the first line removed', async () => rewrite('2026-03', (await lines('2026-03')).slice(1))],
    ["a month's last line removed", async () => rewrite('2026-03', (await lines('2026-03')).slice(0, -1))],
    ['the last line removed', async () => rewrite('2026-04', (await lines('2026-04')).slice(0, -1))],
    ['lines exchanged', async () => rewrite('2026-03', (await lines('2026-03')).reverse())],
    [
      'a line twice',
      async () =>
        rewrite(
          '2026-03',
          (await lines('2026-03')).flatMap((line) => [line, line]),
        ),
    ],
    ['a line put in', async () => rewrite('2026-04', ['{"seq":4}', ...(await lines('2026-04'))])],
    [
      'a key added to a line',
      async () =>
        writeFile(
          file('2026-04'),
          (await readFile(file('2026-04'), 'utf8')).replace('{"seq":5', '{"x":1,"seq":5'),
        ),
    ],
    [
      'a month cut in the middle of a line',
      async () => writeFile(file('2026-03'), (await readFile(file('2026-03'), 'utf8')).slice(0, -20)),
    ],
    ['the first month removed', () => rm(file('2026-03'))],
    ['the last month removed', () => rm(file('2026-04'))],
    ['what remembers the last line removed', () => rm(join(dir, 'head.json'))],
    ['what remembers the last line damaged', () => writeFile(join(dir, 'head.json'), '{')],
  ]
  it.each(attacks)('finds %s', async (_, attack) => {
    const one = await filled()
    expect((await one.verify()).ok).toBe(true)
    await attack()
    const after = await one.verify()
    expect(after.ok).toBe(false)
    expect(after.problem).toMatch(/\S/)
  })

  it.each(attacks)('goes on after a seal, which keeps the evidence: %s', async (_, attack) => {
    const one = await filled()
    await attack()
    const { problem } = await one.verify()
    today = '2026-04-02T00:00:00.000Z'
    const sealed = await one.seal()
    expect(sealed.problem).toBe(problem)
    for (const path of sealed.files) expect((await stat(path)).isFile()).toBe(true)

    const after = await one.verify()
    expect(after).toMatchObject({ ok: true, problem: null, sealed: [{ problem }] })
    expect((await one.append('run', null, 'f')).seq).toBe(after.entries + 1)
    expect(await one.verify()).toMatchObject({ ok: true, sealed: [{ problem }] })
    expect(await one.seal()).toEqual({ problem: null, files: [] })
    const told = await one.list({ limit: 2, before: null })
    expect(told.map(({ event }) => event)).toEqual(['run', 'audit.sealed'])
  })

  it('finds evidence that was changed or removed after the seal', async () => {
    const one = await filled()
    await rewrite('2026-04', ['garbage'])
    const { files } = await one.seal()
    const evidence = files.find((path) => path.endsWith('2026-04.jsonl'))!
    const kept = await readFile(evidence)
    await writeFile(evidence, 'nothing to see')
    expect(await one.verify()).toMatchObject({ ok: false, problem: expect.stringContaining('was changed') })
    await writeFile(evidence, kept)
    expect((await one.verify()).ok).toBe(true)
    await rm(evidence)
    expect(await one.verify()).toMatchObject({ ok: false, problem: expect.stringContaining('is missing') })
    await one.seal()
    expect(await one.verify()).toMatchObject({ ok: true, sealed: [{}, {}] })
  })

  it('takes up a seal that was cut short', async () => {
    const one = await filled()
    await rewrite('2026-04', ['garbage'])
    // As after a kill once the damaged file was moved, before the entry.
    await mkdir(join(dir, 'sealed'))
    await rename(file('2026-04'), join(dir, 'sealed', '20260401T000000000Z-2026-04.jsonl'))
    expect((await one.verify()).ok).toBe(false)
    const { files } = await one.seal()
    expect(files.some((path) => path.endsWith('2026-04.jsonl'))).toBe(true)
    expect((await one.verify()).ok).toBe(true)
  })

  it('does not write on over a journal that was cut, which would hide it', async () => {
    const one = await filled()
    await rewrite('2026-04', (await lines('2026-04')).slice(0, -1))
    await expect(one.append('run', null, 'x')).rejects.toMatchObject({ code: 'AUDIT_BROKEN' })
    await writeFile(file('2026-04'), 'garbage\n')
    await expect(one.append('run', null, 'x')).rejects.toMatchObject({ code: 'AUDIT_BROKEN' })
  })
})

describe('crashes', () => {
  it.each([1, 20, 200])('sets a last line aside that was cut after %i bytes, and says so', async (bytes) => {
    const one = await filled()
    const [line] = (await lines('2026-04')).slice(-1)
    await writeFile(file('2026-04'), line!.slice(0, bytes), { flag: 'a' })
    expect((await one.verify()).ok).toBe(true)

    await one.append('run', null, 'f')
    const [newest, repair] = await one.list({ limit: 2, before: null })
    expect(newest?.text).toBe('f')
    expect(repair?.event).toBe('audit.repaired')
    const aside = await readFile(join(dir, repair!.detail['file'] as string), 'utf8')
    expect(aside).toBe(line!.slice(0, bytes))
    expect(await one.verify()).toMatchObject({ ok: true, entries: 7 })
  })

  it('goes on when the very first line of a month, or of all, was cut', async () => {
    const one = await filled()
    await writeFile(file('2026-05'), '{"se')
    today = '2026-05-01T00:00:00.000Z'
    await one.append('run', null, 'f')
    expect(await one.verify()).toMatchObject({ ok: true, entries: 7 })

    await rm(dir, { recursive: true })
    await one.append('run', null, 'a')
    await rm(join(dir, 'head.json'))
    await writeFile(file('2026-05'), '{"se')
    await one.append('run', null, 'a')
    expect(await one.verify()).toMatchObject({ ok: true, entries: 2 })
  })

  it('goes on after a kill between an entry and what remembers it', async () => {
    const one = await filled()
    const head = await readFile(join(dir, 'head.json'), 'utf8')
    await one.append('run', null, 'f')
    await writeFile(join(dir, 'head.json'), head)
    await one.append('run', null, 'g')
    expect(await one.verify()).toMatchObject({ ok: true, entries: 7 })
  })

  it('takes over the lock of a process that died holding it, and waits for one that lives', async () => {
    const one = await filled()
    const dead = spawn(process.execPath, ['-e', ''])
    await new Promise((resolve) => dead.on('exit', resolve))
    const lock = join(dir, 'journal.lock')
    await writeFile(lock, JSON.stringify({ pid: dead.pid, started: '1' }))
    await Promise.all([one.append('run', null, 'f'), journal().append('run', null, 'g')])
    expect(await one.verify()).toMatchObject({ ok: true, entries: 7 })
  })
})
