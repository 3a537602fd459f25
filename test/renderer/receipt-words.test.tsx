import { describe, expect, it } from 'vitest'
import { endingWords } from '../../src/renderer/features/run/ending-words.ts'
import { receiptGroups, refusalLine, usage } from '../../src/renderer/ui/receipt-words.ts'
import { emptyReceipt, runResult } from '../support/host-values.ts'
import { fakeSkill } from '../support/renderer/fake-skills.ts'

const { manifest } = fakeSkill({
  slug: 'x',
  title: 'X',
  summary: 'X.',
  publisher: 'p',
  category: 'data',
  sandbox: { memory_mb: 512, timeout_s: 30 },
})

const told = (...given: Parameters<typeof receiptGroups>) =>
  receiptGroups(...given)
    .flat()
    .map(({ verb, what, detail }) => (detail === null ? `${verb} ${what}` : `${verb} ${what} | ${detail}`))
const asIs = (name: string) => name

describe('what a run did, in words', () => {
  it('names what was read, saved, reached, hidden and used, each with where and how much', () => {
    const run = runResult({
      receipt: {
        ...emptyReceipt,
        read: ['/home/kim/orders.csv'],
        written: ['/home/kim/Notes/index.md', '/state/x/report.html'],
        contacted: ['api.example.com:443'],
        requests: 2,
        bytesOut: 3100,
        bytesIn: 9000,
        brokered: [{ name: 'OTHER_KEY', host: 'api.example.com:443', times: 3 }],
        redacted: [{ name: 'API_KEY', times: 2 }],
      },
    })
    expect(told(run, { folder: '/home/kim/Notes/' }, () => 'Example key')).toEqual([
      'Read orders.csv | What you chose.',
      'Saved index.md | In the folder you chose.',
      'Saved report.html | In this skill’s own folder.',
      'Connected to api.example.com | 2 connections, 3 KB sent, 8.8 KB received.',
      'Used your Example key | Skillet added it on the way to api.example.com; the skill never saw it.',
      'Hid your Example key | It would have shown it 2 times. You see «REDACTED:API_KEY» instead.',
      'Used 0.8 s and 41 MB of memory',
    ])
    // Of a run in the journal nobody knows any more what was chosen.
    expect(told(run, null, asIs)[1]).toBe('Saved index.md')
  })

  it('says where a link led, and what was saved through one', () => {
    const run = runResult({
      receipt: {
        ...emptyReceipt,
        read: ['/home/kim/report.txt', '/home/kim/Notes'],
        links: [
          { path: '/home/kim/report.txt', source: '/home/kim/.ssh/id_rsa' },
          { path: '/home/kim/Notes', source: '/media/disk/Notes' },
        ],
        written: ['/home/kim/Notes/a.md', '/home/kim/Notes-old/b.md'],
      },
    })
    expect(told(run, { folder: '/home/kim/Notes' }, asIs).slice(0, 4)).toEqual([
      'Read report.txt | What you chose. It leads to /home/kim/.ssh/id_rsa.',
      'Read Notes | What you chose. It leads to /media/disk/Notes.',
      'Saved a.md | In the folder you chose. It leads to /media/disk/Notes/a.md.',
      'Saved b.md | In this skill’s own folder.',
    ])
    expect(told(run, null, asIs)[2]).toBe('Saved a.md | It leads to /media/disk/Notes/a.md.')
  })

  it('does not take a folder with a similar name for the chosen one', () => {
    const run = runResult({ receipt: { ...emptyReceipt, written: ['/home/kim/Notes-old/a.md'] } })
    expect(told(run, { folder: '/home/kim/Notes' }, asIs)[0]).toContain('In this skill’s own folder.')
  })

  it('says that a run stayed offline only when it never tried to go online', () => {
    const lines = (refused: typeof emptyReceipt.refused) =>
      told(runResult({ receipt: { ...emptyReceipt, refused } }), {}, asIs).join()
    expect(lines([])).toContain('Stayed offline')
    expect(lines([{ kind: 'connect', what: 'a.example:443', why: 'No', times: 1 }])).not.toContain('Stayed')
  })

  it('says once what ended it', () => {
    const refused = [{ kind: 'memory' as const, what: 'more than 512 MB', why: 'It was stopped.', times: 1 }]
    const lines = (reason: 'memory' | 'exit') =>
      told(runResult({ reason, receipt: { ...emptyReceipt, refused } }), {}, asIs).join()
    expect(lines('memory')).not.toContain('512')
    expect(lines('exit')).toContain('Blocked more than 512 MB')
  })

  it('sets each figure beside its limit', () => {
    expect(Object.fromEntries(usage(runResult()))).toMatchObject({
      Time: '0.8 s of 30 s',
      Memory: '41 MB of 512 MB',
      Connections: '0 of 100',
      'Left today': '199 runs, 50 MB to send',
    })
    const offline = { ...emptyReceipt, limits: { ...emptyReceipt.limits, requests: 0 } }
    expect(Object.fromEntries(usage(runResult({ receipt: offline })))).toMatchObject({
      Connections: 'It may make none',
      'Left today': '199 runs',
    })
  })

  it('tells each kind of refusal calmly', () => {
    const one = (kind: Parameters<typeof refusalLine>[0]['kind'], what: string, why: string, times = 1) => {
      const line = refusalLine({ kind, what, why, times })
      return `${line.verb} ${line.what}. ${line.detail}`
    }
    expect(one('connect', 'stats.example.net:443', 'you never allowed it', 3)).toBe(
      'Blocked a connection to stats.example.net. You never allowed it. Nothing was sent. Tried 3 times.',
    )
    expect(one('connect', 'stats.example.net:8443', '')).toBe(
      'Blocked a connection to stats.example.net:8443. Nothing was sent.',
    )
    expect(one('read', '/home/kim/.ssh', 'You did not choose it.')).toBe(
      'Blocked reading /home/kim/.ssh. You did not choose it. It saw nothing of it.',
    )
    expect(one('write', '/etc/hosts', 'It is outside its folders.')).toBe(
      'Blocked a change to /etc/hosts. It is outside its folders. Nothing was changed.',
    )
    expect(one('start', 'curl', 'It did not ask for it.')).toBe(
      'Blocked starting curl. It did not ask for it. It was not started.',
    )
    expect(one('processes', '65', 'It may start 64 at most.')).toBe(
      'Blocked starting more and more programs. It may start 64 at most. Everything it had started was ended.',
    )
  })
})

describe('how a run ended, in words', () => {
  const ending = (part: Parameters<typeof runResult>[0]) => {
    const { tone, title } = endingWords(runResult(part))
    return `${tone}: ${title}`
  }
  it('has its own words for every reason', () => {
    expect(ending({})).toBe('ok: Finished in 0.8 s')
    expect(ending({ exitCode: 2 })).toBe('bad: Ended with a problem after 0.8 s')
    expect(ending({ reason: 'time', exitCode: null })).toBe('warn: Stopped at its time limit of 30 s')
    expect(ending({ reason: 'memory', exitCode: null })).toBe('warn: Stopped at its memory limit of 512 MB')
    expect(ending({ reason: 'disk', exitCode: null })).toBe('warn: Stopped because it wrote more than 512 MB')
    expect(ending({ reason: 'stopped', exitCode: null })).toBe('neutral: Stopped by you after 0.8 s')
    expect(ending({ reason: 'output' })).toBe('warn: Stopped because it said more than 8 MB')
    expect(ending({ reason: 'denied', exitCode: null })).toBe('bad: Not allowed to run')
    expect(endingWords(runResult({ reason: 'stopped' }), { withdrawn: true })).toMatchObject({
      tone: 'bad',
      title: 'Stopped after 0.8 s, because it was withdrawn',
    })
  })
  it('gives the exit code and the signal of a skill that failed, and says what to do', () => {
    expect(endingWords(runResult({ exitCode: 2 })).detail).toContain('code for it is 2')
    expect(endingWords(runResult({ exitCode: null }), { signal: 'SIGSEGV' }).detail).toContain('SIGSEGV')
    for (const reason of ['time', 'memory', 'disk', 'output', 'stopped', 'denied'] as const)
      expect(endingWords(runResult({ reason })).detail).toMatch(/\.$/)
  })
  it('leads to the person’s own limit where that is what ended it', () => {
    const run = (timeoutMs: number) =>
      runResult({
        reason: 'time',
        receipt: { ...emptyReceipt, limits: { ...emptyReceipt.limits, timeoutMs } },
      })
    expect(endingWords(run(10_000), { manifest }).place?.label).toBe('Limits in Settings')
    expect(endingWords(run(30_000), { manifest }).place).toBeNull()
  })
})
