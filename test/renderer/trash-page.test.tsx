import { screen, waitFor, within } from '@testing-library/react'
import axe from 'axe-core'
import { describe, expect, it } from 'vitest'
import { SkilletError } from '../../src/shared/errors.ts'
import { createFakeBridge } from '../support/renderer/fake-bridge.ts'
import { openApp } from '../support/renderer/render-app.tsx'

const removed = ['tidy-folder', 'link-check'].map((slug, index) => ({
  undoId: `old-${index}`,
  slug,
  version: '1.2.0',
  title: slug === 'tidy-folder' ? 'Tidy folder' : 'Link check',
  removedAt: '2026-11-20T10:00:00Z',
  keptUntil: '2026-12-20T10:00:00Z',
}))

describe('removed skills', () => {
  it('are listed with how long they are kept, and come back', async () => {
    const fake = createFakeBridge({ removed })
    const { user } = await openApp(fake, '#/library')
    await user.click(await screen.findByRole('link', { name: 'Removed skills' }))
    const list = within(await screen.findByRole('list', { name: 'Removed skills' }))
    expect(list.getAllByRole('listitem')).toHaveLength(2)
    expect(list.getAllByText(/kept until 20 December/)).toHaveLength(2)
    await user.click(list.getByRole('button', { name: 'Bring back Tidy folder' }))
    await screen.findByText('Tidy folder is back.')
    await waitFor(() => expect(screen.queryByRole('heading', { name: 'Tidy folder' })).toBeNull())
    expect(fake.callsOf('library.restore')).toEqual([{ undoId: 'old-0' }])
  })

  it('are deleted for good only after a second word', async () => {
    const fake = createFakeBridge({ removed })
    const { user } = await openApp(fake, '#/trash')
    await user.click(await screen.findByRole('button', { name: 'Delete for good: Link check' }))
    const dialog = await screen.findByRole('alertdialog', { name: 'Delete Link check for good?' })
    await user.click(within(dialog).getByRole('button', { name: 'Keep' }))
    expect(fake.callsOf('trash.empty')).toEqual([])
    await user.click(screen.getByRole('button', { name: 'Delete for good: Link check' }))
    await user.click(
      within(await screen.findByRole('alertdialog')).getByRole('button', { name: 'Delete for good' }),
    )
    await screen.findByText('Link check was deleted for good.')
    expect(fake.callsOf('trash.empty')).toEqual([{ undoId: 'old-1' }])
  })

  it('promises a new install only of what Discover has', async () => {
    const fake = createFakeBridge({
      removed,
      overrides: {
        'catalog.show': async ({ slug }) => {
          if (slug === 'link-check') throw new SkilletError('NOT_FOUND', 'It is not in the catalog.')
          return detail
        },
      },
    })
    const detail = await createFakeBridge()
      .bridge.calls['catalog.show']({ slug: 'tidy-folder' })
      .then((answer) => (answer.ok ? answer.value : Promise.reject(new Error('not there'))))
    const { user } = await openApp(fake, '#/trash')
    await user.click(await screen.findByRole('button', { name: 'Delete for good: Tidy folder' }))
    await screen.findByText(/You can install it again from Discover/)
    await user.click(screen.getByRole('button', { name: 'Keep' }))
    await user.click(screen.getByRole('button', { name: 'Delete for good: Link check' }))
    const dialog = await screen.findByRole('alertdialog', { name: 'Delete Link check for good?' })
    expect(dialog.textContent).not.toContain('Discover')
  })

  it('say so when they come back withdrawn', async () => {
    const fake = createFakeBridge({
      removed,
      installed: ['tidy-folder'],
      records: {
        'tidy-folder': {
          withdrawn: {
            reason: 'It deleted files.',
            severity: 'high',
            revokedAt: '2026-11-21T09:00:00Z',
            rotate: [],
            saferVersion: null,
          },
        },
      },
    })
    const { user } = await openApp(fake, '#/trash')
    await user.click(await screen.findByRole('button', { name: 'Bring back Tidy folder' }))
    await screen.findByText('Tidy folder is back in the Library, but it was withdrawn and can’t run.')
  })

  it('can all be deleted at once, and an empty page says what it is for', async () => {
    const fake = createFakeBridge({ removed })
    const { user } = await openApp(fake, '#/trash')
    await user.click(await screen.findByRole('button', { name: 'Delete all for good' }))
    const dialog = await screen.findByRole('alertdialog', { name: 'Delete 2 removed skills for good?' })
    await user.click(within(dialog).getByRole('button', { name: 'Delete for good' }))
    await screen.findByText('Nothing was removed')
    expect(fake.callsOf('trash.empty')).toEqual([{ undoId: null }])
  })

  it('is accessible', async () => {
    await openApp(createFakeBridge({ removed }), '#/trash')
    await screen.findByRole('list', { name: 'Removed skills' })
    const { violations } = await axe.run(document, {
      rules: { 'color-contrast': { enabled: false }, 'label-content-name-mismatch': { enabled: false } },
    })
    expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([])
  })
})
