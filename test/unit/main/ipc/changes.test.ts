import { expect, it } from 'vitest'
import { createChangeListener } from '../../../../src/main/ipc/changes.ts'
import { events, type EventName } from '../../../../src/shared/contract/index.ts'

it('each change reaches the window as an event that the contract takes', () => {
  const sent: unknown[] = []
  const listen = createChangeListener((name, payload) =>
    sent.push([name, events[name as EventName].parse(payload)]),
  )
  const status = {
    registry: 'https://registry.example',
    checkedAt: '2026-11-22T10:00:00Z',
    validUntil: '2026-11-29T10:00:00Z',
    problem: null,
    root: { version: 1, threshold: 2, keyids: ['00'.repeat(32)] },
    publishKeys: [],
  }
  const withdrawn = {
    reason: 'It sent files to a server.',
    severity: 'critical' as const,
    revokedAt: '2026-11-22T10:00:00Z',
    rotate: [{ name: 'DEEPL_API_KEY', title: 'DeepL key' }],
    saferVersion: null,
  }
  listen({ kind: 'trust', status })
  listen({ kind: 'library', slug: 'csv-profile' })
  listen({ kind: 'withdrawn', slug: 'csv-profile', version: '1.2.0', title: 'CSV profile', withdrawn })
  expect(sent).toEqual([
    ['trust.changed', status],
    ['library.changed', { slug: 'csv-profile', withdrawn: null }],
    [
      'library.changed',
      { slug: 'csv-profile', withdrawn: { ...withdrawn, title: 'CSV profile', version: '1.2.0' } },
    ],
  ])
})
