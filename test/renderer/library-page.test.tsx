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

  it('says before it is tried that what an organisation requires can’t be removed', async () => {
    const skills = { preinstall: [{ skill: 'csv-profile@1.0.0', grant: [], required: true }] }
    const policy = { organisation: 'Example Ltd', skills }
    const fake = createFakeBridge({
      installed: ['csv-profile', 'secret-sweep'],
      overrides: { 'managed.get': async () => ({ policy, logo: null }) },
    })
    const { user } = await openApp(fake, '#/library')
    const item = 'Remove (Example Ltd requires this skill)'
    await choose(user, 'CSV profile', item)
    expect(screen.getByRole('menuitem', { name: item }).getAttribute('aria-disabled')).toBe('true')
    expect(fake.callsOf('library.remove')).toEqual([])
    await user.keyboard('{Escape}')
    await choose(user, 'Secret sweep', 'Remove')
    expect(fake.callsOf('library.remove')).toEqual([{ slug: 'secret-sweep' }])
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

  it('leads to what a skill may do', async () => {
    const fake = createFakeBridge({ installed: ['link-check', 'csv-profile'] })
    const { user } = await openApp(fake, '#/library')
    await choose(user, 'Link check', 'What it may do')
    await screen.findByRole('heading', { name: 'Permissions' })
    const list = await screen.findByRole('list', { name: 'What Link check may do' })
    within(list).getByText('Connect to web.archive.org')
    expect(screen.queryByText('CSV profile')).toBeNull()
    await user.click(screen.getByRole('link', { name: 'Show all skills' }))
    await screen.findByText('CSV profile')
  })

  it('says what will be here when it is empty', async () => {
    await openApp(createFakeBridge(), '#/library')
    await screen.findByText('Your skills will be here')
    expect(screen.getByRole('link', { name: 'Find a skill' }).getAttribute('href')).toBe('#/')
  })
})
