import { screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { noKeychain } from '../support/renderer/key-place.ts'
import { createFakeBridge } from '../support/renderer/fake-bridge.ts'
import { openApp } from '../support/renderer/render-app.tsx'

describe('Keys', () => {
  it('shows the last four characters, who may use a key and where it may go, and never the key', async () => {
    const fake = createFakeBridge({
      installed: ['translate-document'],
      keys: { TRANSLATE_API_KEY: 'tr-live-secret-8f3a' },
    })
    await openApp(fake, '#/keys')
    const list = await screen.findByRole('list', { name: 'Your keys' })
    expect(list.textContent).toContain('8f3a')
    expect(within(list).getByText('Translate document uses it for api.translate.example.com.')).toBeTruthy()
    expect(document.body.innerHTML).not.toContain('live-secret')
  })

  it('adds a wanted key', async () => {
    const fake = createFakeBridge({ installed: ['translate-document'] })
    const { user } = await openApp(fake, '#/keys')
    await user.click(await screen.findByRole('button', { name: 'Add Translate API key' }))
    const dialog = await screen.findByRole('dialog', { name: 'Add Translate API key' })
    const save = within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Keep it' })
    expect(save.disabled).toBe(true)
    await user.type(within(dialog).getByLabelText('Translate API key'), 'tr-1234{Enter}')
    await screen.findByText('Translate API key is kept.')
    expect(fake.callsOf('secrets.set')).toEqual([
      { name: 'TRANSLATE_API_KEY', skill: null, value: 'tr-1234' },
    ])
    expect(document.body.innerHTML).not.toContain('tr-1234')
  })

  it('asks before it removes one', async () => {
    const fake = createFakeBridge({
      installed: ['translate-document'],
      keys: { TRANSLATE_API_KEY: 'tr-1234' },
    })
    const { user } = await openApp(fake, '#/keys')
    await user.click(await screen.findByRole('button', { name: 'Remove Translate API key' }))
    const dialog = await screen.findByRole('alertdialog', { name: 'Remove Translate API key?' })
    expect(fake.callsOf('secrets.remove')).toEqual([])
    await user.click(within(dialog).getByRole('button', { name: 'Remove' }))
    await screen.findByText('Translate API key was removed.')
    expect(fake.callsOf('secrets.remove')).toEqual([{ name: 'TRANSLATE_API_KEY', skill: null }])
  })

  it('says how to get a keychain when there is none, and offers no way to store a key elsewhere', async () => {
    const fake = createFakeBridge({
      overrides: {
        'secrets.list': async () => ({
          place: noKeychain('No keychain is running.', 'Install gnome-keyring.'),
          secrets: [],
          wanted: [{ name: 'A_KEY', title: 'A key', slug: 'a' }],
        }),
      },
    })
    await openApp(fake, '#/keys')
    await screen.findByText('No keychain is running.')
    expect(screen.getByText('Install gnome-keyring.')).toBeTruthy()
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Add A key' }).disabled).toBe(true)
  })
})
