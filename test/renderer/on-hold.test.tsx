import { act, screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { InstalledSkill } from '../../src/shared/contract/library.ts'
import { createFakeBridge, installedFrom } from '../support/renderer/fake-bridge.ts'
import { fakeCatalog } from '../support/renderer/fake-skills.ts'
import { openApp } from '../support/renderer/render-app.tsx'

const onHold = {
  words: 'It was reported as malware and is being looked into.',
  since: '2026-11-22T09:00:00Z',
}
const csv = fakeCatalog.find(({ manifest }) => manifest.slug === 'csv-profile')!

describe('a skill on hold', () => {
  it('is told the moment it becomes known, and no longer when it is offered again', async () => {
    let list: InstalledSkill[] = [installedFrom(csv)]
    const fake = createFakeBridge({ overrides: { 'library.list': async () => list } })
    await openApp(fake, '#/library')
    await screen.findByRole('list', { name: 'Installed skills' })
    expect(screen.queryByRole('alert')).toBeNull()
    list = [installedFrom(csv, { onHold })]
    act(() => fake.emit('library.changed', { slug: null, withdrawn: null }))
    const banner = await screen.findByRole('alert')
    expect(banner.textContent).toContain('CSV profile is on hold: reported as dangerous, being looked into.')
    expect(banner.textContent).toContain(onHold.words)
    const row = screen.getByRole('list', { name: 'Installed skills' })
    within(row).getByText('On hold: reported as dangerous, being looked into')
    // The person decides.
    within(row).getByRole('link', { name: 'Run CSV profile' })
    list = [installedFrom(csv)]
    act(() => fake.emit('library.changed', { slug: null, withdrawn: null }))
    await expect.poll(() => screen.queryByRole('alert')).toBeNull()
    expect(screen.queryByText(/On hold/)).toBeNull()
  })

  it('says so on its own pages with the words of the registry, and can be run', async () => {
    const fake = createFakeBridge({ installed: ['csv-profile'], records: { 'csv-profile': { onHold } } })
    const { user } = await openApp(fake, '#/skill/csv-profile')
    const note = await screen.findByRole('region', { name: 'CSV profile is on hold' })
    expect(note.textContent).toContain(onHold.words)
    expect(note.textContent).toContain('22 November')
    expect(screen.queryByRole('alert')).toBeNull()
    await user.click(screen.getByRole('link', { name: 'Run CSV profile' }))
    await screen.findByRole('region', { name: 'CSV profile is on hold' })
    expect((await screen.findByRole<HTMLButtonElement>('button', { name: 'Run' })).disabled).toBe(false)
    await user.click(screen.getByRole('button', { name: 'Remove CSV profile' }))
    await screen.findByText('CSV profile was removed.')
  })

  it('shares one notice, which does not come back once it was sent away', async () => {
    const fake = createFakeBridge({
      installed: ['csv-profile', 'secret-sweep'],
      records: { 'csv-profile': { onHold }, 'secret-sweep': { onHold } },
    })
    const { user } = await openApp(fake, '#/keys')
    expect((await screen.findByRole('alert')).textContent).toContain('2 skills are on hold')
    await user.click(screen.getByRole('button', { name: 'Close the notice about skills on hold' }))
    await user.click(screen.getByRole('link', { name: 'Activity' }))
    await screen.findByRole('heading', { name: 'Activity' })
    expect(screen.queryByRole('alert')).toBeNull()
  })
})
