import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { SkilletError } from '../../src/shared/errors.ts'
import { createFakeBridge } from '../support/renderer/fake-bridge.ts'
import { openApp } from '../support/renderer/render-app.tsx'

type User = Awaited<ReturnType<typeof openApp>>['user']
async function choose(user: User, skill: string, item: string): Promise<void> {
  await user.click(await screen.findByRole('button', { name: `More about ${skill}` }))
  await user.click(await screen.findByRole('menuitem', { name: item }))
}
const kept = [
  { version: '1.1.0', installedAt: '2026-11-10T10:00:00Z' },
  { version: '1.0.0', installedAt: '2026-11-01T10:00:00Z' },
]

describe('versions of a skill', () => {
  it('goes back with one click to any version that is kept, and forward again with Undo', async () => {
    const fake = createFakeBridge({ installed: ['csv-profile'], records: { 'csv-profile': { kept } } })
    const { user } = await openApp(fake, '#/library')
    await user.click(await screen.findByRole('button', { name: 'More about CSV profile' }))
    expect(screen.getByRole('menuitem', { name: 'Go back to 1.0.0' })).toBeTruthy()
    await user.click(screen.getByRole('menuitem', { name: 'Go back to 1.1.0' }))
    await screen.findByText('CSV profile is back at 1.1.0.')
    await user.click(screen.getByRole('button', { name: 'Undo' }))
    await screen.findByText('CSV profile is back at 1.2.0.')
    expect(fake.callsOf('library.rollback')).toEqual([
      { slug: 'csv-profile', version: '1.1.0' },
      { slug: 'csv-profile', version: '1.2.0' },
    ])
  })

  it('says when it can’t go back, in a notice that stays', async () => {
    const fake = createFakeBridge({
      installed: ['csv-profile'],
      records: { 'csv-profile': { kept } },
      overrides: {
        'library.rollback': async () => {
          throw new SkilletError('REVOKED', 'Version 1.1.0 was withdrawn.', { remedy: 'Choose another.' })
        },
      },
    })
    const { user } = await openApp(fake, '#/library')
    await choose(user, 'CSV profile', 'Go back to 1.1.0')
    await screen.findByText('Version 1.1.0 was withdrawn. Choose another.')
  })

  it('stays at its version with a mark until it is let go, and no update is offered meanwhile', async () => {
    const fake = createFakeBridge({
      installed: ['csv-profile'],
      records: { 'csv-profile': { version: '1.1.0', updateTo: '1.2.0' } },
    })
    const { user } = await openApp(fake, '#/library')
    await choose(user, 'CSV profile', 'Stay at this version')
    await screen.findByText('CSV profile stays at 1.1.0 until you say otherwise.')
    await screen.findByText('Stays here, 1.2.0 is out')
    expect(screen.queryByRole('button', { name: /^Update CSV profile/ })).toBeNull()
    expect(screen.queryByText('1 update')).toBeNull()
    await choose(user, 'CSV profile', 'Follow updates again')
    await screen.findByRole('button', { name: 'Update CSV profile to 1.2.0' })
    expect(fake.callsOf('library.pin')).toEqual([
      { slug: 'csv-profile', pinned: true },
      { slug: 'csv-profile', pinned: false },
    ])
  })
})

describe('check and repair', () => {
  const edited = async () => ({
    ok: false,
    skills: [
      {
        slug: 'csv-profile',
        version: '1.2.0',
        ok: false,
        changed: ['scripts/profile.py'],
        missing: ['README.md'],
        extra: [],
      },
    ],
  })

  it('names the files that differ, puts them back and says where the edited copy is', async () => {
    const fake = createFakeBridge({
      installed: ['csv-profile'],
      overrides: { 'library.verify': edited },
    })
    const { user } = await openApp(fake, '#/library')
    await choose(user, 'CSV profile', 'Check and repair')
    const dialog = await screen.findByRole('dialog', { name: 'Check CSV profile' })
    await within(dialog).findByText('2 files are no longer as signed, so the skill won’t run.')
    expect(within(dialog).getByText('scripts/profile.py').closest('li')!.textContent).toContain('changed')
    expect(within(dialog).getByText('README.md').closest('li')!.textContent).toContain('missing')
    expect(fake.callsOf('library.repair')).toEqual([])
    await user.click(within(dialog).getByRole('button', { name: 'Repair' }))
    await within(dialog).findByText('Every file is as it was signed again.')
    const folder = '/home/kim/.local/share/skillet/edited/csv-profile'
    expect(within(dialog).getByText(folder)).toBeTruthy()
    await user.click(within(dialog).getByRole('button', { name: 'Show the folder' }))
    await waitFor(() => expect(fake.callsOf('file.show')).toEqual([{ path: folder, how: 'reveal' }]))
  })

  it('says when everything is as signed and then offers no repair', async () => {
    const { user } = await openApp(createFakeBridge({ installed: ['csv-profile'] }), '#/library')
    await choose(user, 'CSV profile', 'Check and repair')
    await screen.findByText('Every file is exactly as it was signed.')
    expect(screen.queryByRole('button', { name: 'Repair' })).toBeNull()
  })

  it('says why a repair failed and tries again', async () => {
    let broken = true
    const fake = createFakeBridge({
      installed: ['csv-profile'],
      overrides: {
        'library.verify': edited,
        'library.repair': async () => {
          if (broken) throw new SkilletError('REGISTRY_UNREACHABLE', 'The registry does not answer.')
          return { keptAt: null }
        },
      },
    })
    const { user } = await openApp(fake, '#/library')
    await choose(user, 'CSV profile', 'Check and repair')
    await user.click(await screen.findByRole('button', { name: 'Repair' }))
    const alert = within(await screen.findByRole('alert'))
    expect(alert.getByText('The registry does not answer.')).toBeTruthy()
    broken = false
    await user.click(screen.getByRole('button', { name: 'Repair' }))
    await screen.findByText('Every file is as it was signed again.')
    expect(screen.queryByText(/is kept here/)).toBeNull()
  })
})
