import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runCliWith } from '../../support/cli-run.ts'

const submission = {
  id: 's1',
  slug: 'csv-profile',
  version: '1.0.0',
  verdict: 'fail',
  findings: [],
  tarball: { sha256: '0'.repeat(64), size: 1 },
  createdAt: '2026-01-01T00:00:00.000Z',
  reviewedAt: null,
  reviewer: null,
  comment: null,
  steps: [
    { step: 'lint', state: 'passed' },
    { step: 'archive', state: 'failed' },
    { step: 'code', state: 'running' },
  ],
}
let state: 'rejected' | 'in_review' | 'submitted'
let asked: string[]
let args: string[]
let close: () => void

beforeEach(async () => {
  asked = []
  const server = createServer((request, response) => {
    asked.push(request.method ?? '')
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ ...submission, state }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close = () => server.close()
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  args = ['publish', 'skills/csv-profile', '--registry', url]
})
afterEach(() => close())

it('prints exactly one document for a skill that the registry rejects, and exits 1', async () => {
  state = 'rejected'
  const json = await runCliWith([...args, '--json'], {})
  expect(json.json).toEqual({
    id: 's1',
    state,
    comment: null,
    report: { path: 's1', verdict: 'fail', findings: [] },
  })
  expect(json.status).toBe(1)
  const human = await runCliWith(args, {})
  expect(human.status).toBe(1)
  expect(human.stderr).toMatch(/^PUBLISH_REJECTED: /m)
  expect(human.stderr).toContain('FAIL  skills/csv-profile\n')
  expect(human.stderr).toContain('skillet registry review appeal s1')
})

it('exits 0 for one that waits for its review', async () => {
  state = 'in_review'
  expect((await runCliWith(args, {})).status).toBe(0)
})

it('says how each step ended', async () => {
  state = 'in_review'
  const { stderr } = await runCliWith(args, {})
  expect(stderr).toContain('Texts and skill.toml: nothing to correct.\nFiles: something to correct.\n')
  expect(stderr).not.toContain('Programs')
})

it('leaves it at that with --no-wait', async () => {
  state = 'submitted'
  const { status, stdout } = await runCliWith([...args, '--no-wait'], {})
  expect(status).toBe(0)
  expect(stdout).toContain('Submitted as s1')
  expect(asked).toEqual(['POST'])
})
