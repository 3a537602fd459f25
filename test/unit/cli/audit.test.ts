import { expect, it } from 'vitest'
import { runCliWith } from '../../support/cli-run.ts'

it('--seal says what was set aside and where', async () => {
  const sealed = { problem: 'Entry 3 was changed.', files: ['20260102-2026-01.jsonl'] }
  const engine = { sealAudit: () => Promise.resolve(sealed) }
  expect((await runCliWith(['audit', '--seal', '--json'], engine)).json).toEqual(sealed)
  const { stdout, status } = await runCliWith(['audit', '--seal'], engine)
  expect(status).toBe(0)
  expect(stdout).toContain('Entry 3 was changed.')
  expect(stdout).toContain('audit/sealed/20260102-2026-01.jsonl')
})

it('--seal of an intact journal sets nothing aside', async () => {
  const engine = { sealAudit: () => Promise.resolve({ problem: null, files: [] }) }
  expect((await runCliWith(['audit', '--seal'], engine)).stdout).toContain('nothing to set aside')
  expect((await runCliWith(['audit', '--seal', '--verify'], engine)).status).toBe(2)
})

it('--verify goes on telling of a break that was set aside', async () => {
  const earlier = { at: '2026-01-02T00:00:00.000Z', problem: 'Entry 3 was changed.', files: ['a.jsonl'] }
  const verdict = { ok: true, problem: null, entries: 9, sealed: [earlier] }
  const engine = { verifyAudit: () => Promise.resolve(verdict) }
  const result = await runCliWith(['audit', '--verify'], engine)
  expect(result.status).toBe(0)
  expect(result.stdout).toContain('Set aside on 2026-01-02T00:00:00.000Z: Entry 3 was changed.')
})
