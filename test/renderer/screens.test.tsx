import { act, screen, waitFor } from '@testing-library/react'
import axe from 'axe-core'
import { describe, expect, it } from 'vitest'
import { createRunSessions } from '../../src/renderer/features/run/run-sessions.ts'
import { runResult } from '../support/host-values.ts'
import { chainOf, chainRunOf, createFakeBridge } from '../support/renderer/fake-bridge.ts'
import { openApp } from '../support/renderer/render-app.tsx'

describe('every page', () => {
  // What depends on drawing (colours, visible text) needs a real browser; everything else that axe knows is checked.
  it.each([
    ['#/', 'Discover'],
    ['#/library', 'Library'],
    ['#/chains', 'Chains'],
    ['#/chain/notes', 'Read a document and remember it'],
    ['#/permissions', 'Permissions'],
    ['#/activity', 'Activity'],
    ['#/keys', 'Keys'],
    ['#/agents', 'Agents'],
    ['#/check-skills', 'Check my skills'],
    ['#/settings', 'Settings'],
    ['#/skill/csv-profile', 'CSV profile'],
    ['#/run/csv-profile', 'CSV profile'],
  ])('%s is accessible and takes the focus to its heading', async (hash, title) => {
    await openApp(
      createFakeBridge({
        installed: ['csv-profile', 'translate-document'],
        chains: [chainOf('notes', ['extract-highlights', 'csv-profile'])],
        chainRuns: [
          chainRunOf('notes', 'run-1', ['done', 'failed'], 'failed', chainOf('notes', ['a', 'b']).steps),
        ],
      }),
      hash,
    )
    const heading = await screen.findByRole('heading', { name: title, level: 1 })
    await waitFor(() => expect(screen.queryAllByRole('status', { name: /^Loading|^Looking/ })).toEqual([]))
    expect(document.activeElement).toBe(heading)
    const { violations } = await axe.run(document, {
      rules: { 'color-contrast': { enabled: false }, 'label-content-name-mismatch': { enabled: false } },
    })
    expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([])
  })

  it('follows the person’s choice of appearance', async () => {
    const fake = createFakeBridge()
    const { user } = await openApp(fake, '#/settings')
    await user.click(await screen.findByRole('radio', { name: 'Dark' }))
    await waitFor(() => expect(document.documentElement.dataset['theme']).toBe('dark'))
    expect(fake.callsOf('appearance.set')).toEqual(['dark'])
  })

  it('warns when the journal was changed, and loads earlier pages', async () => {
    const entry = (seq: number) => ({
      seq,
      at: '2026-11-12T10:00:00Z',
      event: 'run',
      slug: null,
      text: `Line ${seq}`,
      detail: {},
      run: null,
    })
    const fake = createFakeBridge({
      overrides: {
        'audit.list': async ({ before, limit }) => ({
          entries: Array.from({ length: Math.min(limit, (before ?? 121) - 1) }, (_, index) =>
            entry((before ?? 121) - 1 - index),
          ),
          intact: false,
        }),
      },
    })
    const { user } = await openApp(fake, '#/activity')
    await screen.findByText('Somebody or something has changed the activity log.')
    expect(screen.queryByText('Line 1')).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Show earlier' }))
    await screen.findByText('Line 1')
    expect(screen.queryByRole('button', { name: 'Show earlier' })).toBeNull()
  })
})

describe('run sessions', () => {
  it('loses nothing that arrives before run.start has answered', async () => {
    const fake = createFakeBridge({
      run: ({ runId }, to) => {
        to.emit('run.output', { runId, stream: 'stdout', text: 'early ' })
        to.emit('run.output', { runId, stream: 'stdout', text: 'bird' })
        to.emit('run.finished', { runId, result: runResult(), error: null })
      },
    })
    let ended = 0
    const sessions = createRunSessions(fake.bridge)
    const quiet = sessions.listen(() => (ended += 1))
    await act(() => sessions.start('csv-profile', {}))
    expect(sessions.get('csv-profile')).toMatchObject({
      state: 'finished',
      chunks: [{ stream: 'stdout', text: 'early bird' }],
    })
    expect(ended).toBe(1)
    quiet()
  })

  it('keeps nothing of runs that this window did not start', async () => {
    const fake = createFakeBridge({ run: () => {} })
    const sessions = createRunSessions(fake.bridge)
    sessions.listen(() => {})
    fake.emit('run.output', { runId: 'run-1', stream: 'stdout', text: 'of an earlier page' })
    await sessions.start('csv-profile', {})
    expect(sessions.get('csv-profile')).toMatchObject({ runId: 'run-1', chunks: [] })
  })

  it('starts one run at a time and keeps only the end of very long output on the screen', async () => {
    const fake = createFakeBridge({ run: () => {} })
    const sessions = createRunSessions(fake.bridge)
    sessions.listen(() => {})
    await sessions.start('csv-profile', {})
    await sessions.start('csv-profile', {})
    expect(fake.callsOf('run.start').length).toBe(1)
    for (let index = 0; index < 6; index += 1)
      fake.emit('run.output', {
        runId: 'run-1',
        stream: index % 2 ? 'stderr' : 'stdout',
        text: `${index}`.repeat(100_000),
      })
    const { chunks, trimmed } = sessions.get('csv-profile')!
    expect(trimmed).toBe(true)
    expect(chunks.map((chunk) => chunk.text[0]).join('')).toBe('2345')
  })
})
