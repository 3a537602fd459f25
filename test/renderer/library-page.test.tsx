import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { SkilletError } from '../../src/shared/errors.ts'
import { createFakeBridge } from '../support/renderer/fake-bridge.ts'
import { openApp } from '../support/renderer/render-app.tsx'

async function choose(user: Awaited<ReturnType<typeof openApp>>['user'], skill: string, item: string) {
  await user.click(await screen.findByRole('button', { name: `More about ${skill}` }))
  await user.click(await screen.findByRole('menuitem', { name: item }))
}

describe('Library', () => {
  it('removes at once and brings back with Undo', async () => {
    const fake = createFakeBridge({ installed: ['csv-profile', 'secret-sweep'] })
    const { user } = await openApp(fake, '#/library')
    await choose(user, 'CSV profile', 'Remove')
    await screen.findByText('CSV profile was removed.')
    await waitFor(() => expect(screen.queryByRole('link', { name: 'Run CSV profile' })).toBeNull())
    await user.click(screen.getByRole('button', { name: 'Undo' }))
    await screen.findByRole('link', { name: 'Run CSV profile' })
    await screen.findByText('CSV profile is back.')
    expect(fake.callsOf('library.restore')).toEqual([{ undoId: 'undo-1' }])
  })

  it('says when something could not be brought back', async () => {
    const fake = createFakeBridge({
      installed: ['csv-profile'],
      overrides: {
        'library.restore': async () => {
          throw new SkilletError('NOT_FOUND', 'It is no longer in the trash.', {
            remedy: 'Install it again.',
          })
        },
      },
    })
    const { user } = await openApp(fake, '#/library')
    await choose(user, 'CSV profile', 'Remove')
    await user.click(await screen.findByRole('button', { name: 'Undo' }))
    await screen.findByText('It is no longer in the trash. Install it again.')
  })

  it('shows what was allowed and takes it back', async () => {
    const fake = createFakeBridge({
      installed: ['link-check'],
      grants: [
        {
          slug: 'link-check',
          capability: 'net',
          decision: 'allow',
          scope: ['web.archive.org'],
          capabilityDigest: '00'.repeat(32),
          decidedAt: '2026-11-12T10:00:00Z',
          by: 'window',
        },
      ],
    })
    const { user } = await openApp(fake, '#/library')
    await choose(user, 'Link check', 'What it may do')
    const dialog = await screen.findByRole('dialog', { name: 'What Link check may do' })
    await user.click(
      await within(dialog).findByRole('button', { name: 'Revoke: Connect to web.archive.org' }),
    )
    await within(dialog).findByText(/You have allowed it nothing/)
    expect(fake.callsOf('grants.revoke')).toEqual([
      { slug: 'link-check', capability: 'net', capabilityDigest: '00'.repeat(32) },
    ])
    await user.click(within(dialog).getByRole('button', { name: 'Answer again' }))
    await screen.findByRole('dialog', { name: 'Install Link check again' })
  })

  it('keeps what was refused for another version apart, and forgets it alone', async () => {
    const grant = (decision: 'allow' | 'deny', scope: string[], digit: string) => ({
      slug: 'link-check',
      capability: 'net' as const,
      decision,
      scope,
      capabilityDigest: digit.repeat(64),
      decidedAt: '2026-11-12T10:00:00Z',
      by: 'window' as const,
    })
    const fake = createFakeBridge({
      installed: ['link-check'],
      grants: [
        grant('allow', ['web.archive.org'], '0'),
        grant('deny', ['web.archive.org', 'api.example.com'], 'b'),
        grant('allow', ['old.example.com'], 'c'),
      ],
    })
    const { user } = await openApp(fake, '#/library')
    await choose(user, 'Link check', 'What it may do')
    const dialog = await screen.findByRole('dialog', { name: 'What Link check may do' })
    const refused = await within(dialog).findByRole('region', { name: 'You refused for another version' })
    expect(within(dialog).getAllByRole('listitem')).toHaveLength(2)
    await user.click(within(refused).getByRole('button', { name: /^Forget: / }))
    await waitFor(() => expect(within(dialog).getAllByRole('listitem')).toHaveLength(1))
    within(dialog).getByRole('button', { name: 'Revoke: Connect to web.archive.org' })
    expect(fake.callsOf('grants.revoke')).toEqual([
      { slug: 'link-check', capability: 'net', capabilityDigest: 'b'.repeat(64) },
    ])
  })

  it('says what will be here when it is empty', async () => {
    await openApp(createFakeBridge(), '#/library')
    await screen.findByText('Your skills will be here')
    expect(screen.getByRole('link', { name: 'Find a skill' }).getAttribute('href')).toBe('#/')
  })
})
