import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Launched } from '../../../../src/engine/sandbox/launch.ts'
import { fixedLimits, type HostPath, type SandboxProfile } from '../../../../src/engine/sandbox/profile.ts'
import { shortened, toReceipt } from '../../../../src/engine/sandbox/receipt.ts'

const host = mkdtempSync(join(tmpdir(), 'skillet-receipt-'))
afterAll(() => rmSync(host, { recursive: true }))

const receiptOf = (paths: readonly HostPath[], seen: Partial<Launched> = {}) => {
  const profile: SandboxProfile = {
    skillFolder: '/skills/x',
    state: [{ inside: 'out', host }],
    paths,
    runtime: { binds: new Map(), links: new Map(), executables: [], hasShell: false },
    command: ['/usr/bin/python3'],
    environment: {},
    hosts: [],
    graphics: false,
    limits: { ...fixedLimits, timeoutMs: 1000, memoryBytes: 1024 },
  }
  const launched: Launched = {
    exitCode: 0,
    signal: null,
    reason: 'exit',
    durationMs: 1,
    peakMemoryBytes: 0,
    writtenBytes: 0,
    observations: [],
    egress: { contacted: new Set(), onRefused: () => {}, requests: 0, bytesOut: 0, bytesIn: 0 },
    refusedHosts: [],
    ...seen,
  }
  return toReceipt(launched, {
    profile,
    backend: 'bubblewrap',
    egress: { requests: 0, bytesOut: 0 },
    left: { runs: 1, bytesOut: 0 },
  })
}

test('what was chosen by a link is named with the place that it led to', () => {
  const straight = { path: '/home/kim/a.csv', source: '/home/kim/a.csv', writable: false }
  const link = { path: '/home/kim/report.txt', source: '/home/kim/.ssh/id_rsa', writable: false }
  const receipt = receiptOf([straight, link])
  expect(receipt.read).toEqual([straight.path, link.path])
  expect(receipt.links).toEqual([{ path: link.path, source: link.source }])
  expect(receiptOf([straight])).not.toHaveProperty('links')
})

test('of what was refused both ends are kept', () => {
  const refusal = (what: string) => ({ kind: 'read' as const, what, why: 'No.', times: 1 })
  expect(shortened(refusal('😀'.repeat(300)))).toEqual(refusal('😀'.repeat(300)))
  const { what } = shortened(refusal(`/home/${'a'.repeat(4000)}/end`))
  expect([...what]).toHaveLength(300)
  expect(what).toMatch(/^\/home\/a+…a+\/end$/)
})

test('names of files that a skill made leave the journal its size', () => {
  const deep = join(host, ...Array.from({ length: 15 }, () => 'n'.repeat(240)))
  mkdirSync(deep, { recursive: true })
  const observations = Array.from({ length: 120 }, (_, number) => {
    const path = join(deep, String(number))
    writeFileSync(path, '')
    return { type: 'wrote' as const, path: path.replace(host, '/skill/out'), errno: 0 }
  })
  const { written, refused } = receiptOf([], { observations })
  expect(written[0]).toBe(join(deep, '0'))
  expect(written.join('').length).toBeLessThan(400_000)
  expect(refused).toEqual([expect.objectContaining({ kind: 'attempts' })])
  const few = receiptOf([], { observations: observations.slice(0, 90) })
  expect(few.written).toHaveLength(90)
  expect(few.refused).toEqual([])
})
