import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { Grant } from '../../src/shared/contract/overview.ts'
import { createFakeBridge } from '../support/renderer/fake-bridge.ts'
import { openApp } from '../support/renderer/render-app.tsx'

const digest = '00'.repeat(32)
const grant = (part: Partial<Grant>): Grant => ({
  slug: 'link-check',
  capability: 'net',
  decision: 'allow',
  life: 'always',
  scope: ['web.archive.org'],
  capabilityDigest: digest,
  decidedAt: '2025-11-12T10:00:00Z',
  by: 'window',
  ...part,
})
const reads = grant({ capability: 'fs:read', scope: ['input:folder'], life: 'session' })
const linkCheck = () => screen.findByRole('list', { name: 'What Link check may do' })

describe('permissions', () => {
  it('says what each skill may do, since when and for how long', async () => {
    const fake = createFakeBridge({
      installed: ['link-check', 'csv-profile'],
      grants: [grant({}), reads],
      used: [grant({ slug: 'csv-profile', capability: 'fs:read', life: 'once' })],
    })
    await openApp(fake, '#/permissions')
    const rows = within(await linkCheck()).getAllByRole('listitem')
    expect(rows.map((row) => row.querySelector('div div')?.textContent)).toEqual([
      'Read a folder that you chooseAllowed until Skillet closes.',
      'Connect to web.archive.orgAllowed since 12 November 2025.',
    ])
    const csv = screen.getByRole('list', { name: 'What CSV profile may do' })
    within(csv).getByText('You allowed it once, and it has done so. It asks before it runs.')
    within(csv).getByText('Not answered. It asks before it runs.')
  })

  it('lets the person have Skillet add a key, and give it to the skill again', async () => {
    const fake = createFakeBridge({ installed: ['translate-document'] })
    const { user } = await openApp(fake, '#/permissions')
    const keys = await screen.findByRole('list', { name: /^How .* uses its keys$/ })
    const unseen = () =>
      within(keys).getByRole<HTMLInputElement>('switch', { name: /Translate API key itself/ })
    expect(unseen().checked).toBe(false)
    for (const on of [true, false]) {
      await user.click(unseen())
      await waitFor(() => expect(unseen().checked).toBe(on))
      expect(fake.callsOf('secrets.setUnseen').at(-1)).toMatchObject({
        slug: 'translate-document',
        unseen: on,
      })
    }
  })

  it('takes an answer back, and gives it again as it was', async () => {
    const fake = createFakeBridge({ installed: ['link-check'], grants: [grant({}), reads] })
    const { user } = await openApp(fake, '#/permissions')
    await user.click(
      await screen.findByRole('button', { name: 'Take back: Read a folder that you choose (Link check)' }),
    )
    await screen.findByText('Link check asks before its next run.')
    expect(fake.callsOf('grants.revoke')).toEqual([
      { slug: 'link-check', capability: 'fs:read', capabilityDigest: digest },
    ])
    await within(await linkCheck()).findByText('Not answered. It asks before it runs.')
    await user.click(screen.getByRole('button', { name: 'Undo' }))
    await within(await linkCheck()).findByText('Allowed until Skillet closes.')
    expect(fake.callsOf('grants.decide')).toEqual([
      { slug: 'link-check', decisions: { 'fs:read': { decision: 'allow', life: 'session' } } },
    ])
  })

  it('denies, allows again, and allows for as long as the person says', async () => {
    const fake = createFakeBridge({ installed: ['link-check'], grants: [grant({}), reads] })
    const { user } = await openApp(fake, '#/permissions')
    const choose = async (item: string) => {
      await user.click(
        await screen.findByRole('button', { name: 'More about: Connect to web.archive.org (Link check)' }),
      )
      await user.click(await screen.findByRole('menuitem', { name: item }))
    }
    await choose('Don’t allow')
    await screen.findByText('Link check can’t run until you allow this.')
    await within(await linkCheck()).findByText(/^Not allowed since/)
    await user.click(screen.getByRole('button', { name: 'Allow: Connect to web.archive.org (Link check)' }))
    await within(await linkCheck()).findByText(/^Allowed since/)
    await choose('Allow just once')
    await within(await linkCheck()).findByText('Allowed for the next run only.')
  })

  it('offers no way back where the earlier answer was about less than the skill asks for', async () => {
    const fake = createFakeBridge({ installed: ['link-check'], grants: [grant({ scope: [] }), reads] })
    const { user } = await openApp(fake, '#/permissions')
    const back = await screen.findAllByRole('button', { name: /^Take back/ })
    await user.click(back[1]!)
    await screen.findByText('Link check asks before its next run.')
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull()
  })

  it('keeps what was refused for another version or another skill apart, and forgets it alone', async () => {
    const other = 'bb'.repeat(32)
    const fake = createFakeBridge({
      installed: ['link-check'],
      grants: [
        grant({}),
        grant({ decision: 'deny', scope: ['api.example.com'], capabilityDigest: other }),
        grant({ slug: 'git-changelog', capability: 'exec', decision: 'deny', scope: ['git'] }),
      ],
    })
    const { user } = await openApp(fake, '#/permissions')
    await user.click(await screen.findByRole('button', { name: /^Forget: Connect to api.example.com/ }))
    await waitFor(() => expect(screen.queryByText('Connect to api.example.com')).toBeNull())
    expect(fake.callsOf('grants.revoke')).toEqual([
      { slug: 'link-check', capability: 'net', capabilityDigest: other },
    ])
    await user.click(screen.getByRole('button', { name: 'Forget: Start git (Git changelog)' }))
    await waitFor(() => expect(screen.queryByText('Not installed')).toBeNull())
  })

  it('finds what may do something among many', async () => {
    const fake = createFakeBridge({
      installed: [
        'link-check',
        'csv-profile',
        'secret-sweep',
        'tidy-folder',
        'git-changelog',
        'translate-document',
      ],
    })
    const { user } = await openApp(fake, '#/permissions')
    await linkCheck()
    await user.type(screen.getByRole('searchbox'), 'connect')
    await waitFor(() => expect(screen.queryByText('CSV profile')).toBeNull())
    screen.getByText('Link check')
    screen.getByText('Translate document')
    await user.type(screen.getByRole('searchbox'), ' to the moon')
    await screen.findByText('No skill here matches “connect to the moon”.')
  })
})
