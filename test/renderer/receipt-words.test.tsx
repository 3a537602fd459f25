import { describe, expect, it } from 'vitest'
import { endingWords, receiptLines, refusalLine } from '../../src/renderer/features/run/receipt-words.ts'
import { emptyReceipt, runResult } from '../support/renderer/fake-bridge.ts'
import { fakeSkill } from '../support/renderer/fake-skills.ts'

const { manifest } = fakeSkill({
  slug: 'x',
  title: 'X',
  summary: 'X.',
  publisher: 'p',
  category: 'data',
  sandbox: { memory_mb: 512, timeout_s: 30 },
})

describe('what a run did, in words', () => {
  it('names what was read, written, reached and used, each with where and how much', () => {
    const lines = receiptLines(
      runResult({
        receipt: {
          ...emptyReceipt,
          read: ['/home/kim/orders.csv'],
          written: ['/home/kim/Notes/index.md', '/state/x/report.html'],
          contacted: ['api.example.com:443'],
          requests: 2,
          bytesOut: 3100,
        },
      }),
      { folder: '/home/kim/Notes/' },
      manifest,
    )
    expect(lines.map(({ verb, what, detail }) => `${verb} ${what} | ${detail}`)).toEqual([
      'Read orders.csv | What you chose.',
      'Wrote index.md | In the folder you chose.',
      'Wrote report.html | In this skill’s own folder.',
      'Connected to api.example.com | 2 connections, 3 KB sent.',
      'Used 41 MB of memory, 0.8 s | Limits: 512 MB, 30 s.',
    ])
  })

  it('does not take a folder with a similar name for the chosen one', () => {
    const [line] = receiptLines(
      runResult({ receipt: { ...emptyReceipt, written: ['/home/kim/Notes-old/a.md'] } }),
      { folder: '/home/kim/Notes' },
      manifest,
    )
    expect(line!.detail).toBe('In this skill’s own folder.')
  })

  it('says that a run stayed offline only when it never tried to go online', () => {
    const verbs = (refused: typeof emptyReceipt.refused) =>
      receiptLines(runResult({ receipt: { ...emptyReceipt, refused } }), {}, manifest).map(
        (line) => line.verb,
      )
    expect(verbs([])).toContain('Stayed')
    expect(verbs([{ kind: 'connect', what: 'a.example:443', why: 'No', times: 1 }])).not.toContain('Stayed')
  })

  it('tells each kind of refusal calmly', () => {
    const told = (kind: Parameters<typeof refusalLine>[0]['kind'], what: string, why: string, times = 1) => {
      const line = refusalLine({ kind, what, why, times })
      return `${line.verb} ${line.what}. ${line.detail}`
    }
    expect(told('connect', 'stats.example.net:443', 'you never allowed it', 3)).toBe(
      'Blocked a connection to stats.example.net. You never allowed it. Nothing was sent. Tried 3 times.',
    )
    expect(told('connect', 'stats.example.net:8443', '')).toBe(
      'Blocked a connection to stats.example.net:8443. Nothing was sent.',
    )
    expect(told('read', '/home/kim/.ssh', 'You did not choose it.')).toBe(
      'Blocked reading /home/kim/.ssh. You did not choose it. It saw nothing of it.',
    )
    expect(told('write', '/etc/hosts', 'It is outside its folders.')).toBe(
      'Blocked a change to /etc/hosts. It is outside its folders. Nothing was changed.',
    )
    expect(told('start', 'curl', 'It did not ask for it.')).toBe(
      'Blocked starting curl. It did not ask for it. It was not started.',
    )
    expect(told('processes', '65', 'It may start 64 at most.')).toBe(
      'Blocked starting more and more programs. It may start 64 at most. Everything it had started was ended.',
    )
  })
})

describe('how a run ended, in words', () => {
  const ending = (part: Parameters<typeof runResult>[0]) => {
    const { tone, title } = endingWords(runResult(part), manifest)
    return `${tone}: ${title}`
  }
  it('has its own words for every reason', () => {
    expect(ending({})).toBe('ok: Finished in 0.8 s')
    expect(ending({ exitCode: 2 })).toBe('bad: Ended with a problem after 0.8 s')
    expect(ending({ reason: 'time', exitCode: null })).toBe('warn: Stopped at its time limit of 30 s')
    expect(ending({ reason: 'memory', exitCode: null })).toBe('warn: Stopped at its memory limit of 512 MB')
    expect(ending({ reason: 'stopped', exitCode: null })).toBe('neutral: Stopped by you after 0.8 s')
    expect(ending({ reason: 'output' })).toBe('warn: Stopped because it wrote too much')
    expect(ending({ reason: 'denied', exitCode: null })).toBe('bad: Not allowed to run')
  })
  it('gives the exit code and the signal of a skill that failed', () => {
    expect(endingWords(runResult({ exitCode: 2 }), manifest).detail).toContain('code for it is 2')
    expect(endingWords(runResult({ exitCode: null, signal: 'SIGSEGV' }), manifest).detail).toContain(
      'SIGSEGV',
    )
  })
})
