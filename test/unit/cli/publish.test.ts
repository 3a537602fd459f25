import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runCliWith } from '../../support/cli-run.ts'

const report = { path: 'csv-profile', verdict: 'fail', findings: [] }
let state: 'rejected' | 'in_review'
let args: string[]
let close: () => void

beforeEach(async () => {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ id: 's1', state, report }))
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
  expect(json.json).toEqual({ id: 's1', state, report })
  expect(json.status).toBe(1)
  const human = await runCliWith(args, {})
  expect(human.status).toBe(1)
  expect(human.stderr).toMatch(/^PUBLISH_REJECTED: /m)
})

it('exits 0 for one that waits for its review', async () => {
  state = 'in_review'
  expect((await runCliWith(args, {})).status).toBe(0)
})
