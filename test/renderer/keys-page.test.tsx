import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { noKeychain } from '../support/renderer/key-place.ts'
import { SkilletError } from '../../src/shared/errors.ts'
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

  it('says how to get a keychain when there is none, and stores nothing before the person has chosen where', async () => {
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
    expect(screen.getByRole('button', { name: 'Protect with a passphrase' })).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Only until I close Skillet' })).toBeTruthy()
    expect(fake.callsOf('secrets.keepInMemory')).toEqual([])
  })

  it('takes a passphrase only when it was typed the same twice, and keeps none of it', async () => {
    const fake = createFakeBridge({
      overrides: {
        'secrets.list': async () => ({
          place: noKeychain('No keychain is running.', 'Install gnome-keyring.'),
          secrets: [],
          wanted: [],
        }),
      },
    })
    const { user } = await openApp(fake, '#/keys')
    await user.click(await screen.findByRole('button', { name: 'Protect with a passphrase' }))
    const dialog = await screen.findByRole('dialog', { name: 'Protect your keys with a passphrase' })
    const protect = within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Protect' })
    await user.type(within(dialog).getByLabelText('New passphrase'), 'three long words')
    await user.type(within(dialog).getByLabelText('The same again'), 'three long word')
    expect(protect.disabled).toBe(true)
    await user.type(within(dialog).getByLabelText('The same again'), 's{Enter}')
    await screen.findByText('Your keys are protected by your passphrase.')
    expect(fake.callsOf('secrets.protect')).toEqual([{ passphrase: 'three long words' }])
    expect(document.body.innerHTML).not.toContain('three long words')
  })

  it('unlocks where something waits for it, says what was wrong with a passphrase and tries again', async () => {
    let locked = true
    const fake = createFakeBridge({
      keys: { TRANSLATE_API_KEY: 'tr-live-secret-8f3a' },
      overrides: {
        'library.list': async () => {
          if (locked) throw new SkilletError('VAULT_LOCKED', 'Your keys are locked.')
          return []
        },
        'secrets.unlock': async ({ passphrase }) => {
          if (passphrase !== 'right') throw new SkilletError('VAULT_PASSPHRASE_WRONG', 'That is not it.')
          locked = false
          return null
        },
      },
    })
    const { user } = await openApp(fake, '#/library')
    await user.type(await screen.findByLabelText('Passphrase'), 'wrong{Enter}')
    await screen.findByText(/That is not it\./)
    expect(screen.getByLabelText<HTMLInputElement>('Passphrase').value).toBe('')
    await user.type(screen.getByLabelText('Passphrase'), 'right{Enter}')
    await waitFor(() => expect(screen.queryByLabelText('Passphrase')).toBeNull())
  })

  it('asks whose a key is where two skills ask for one of that name, and not where one does', async () => {
    const fake = createFakeBridge({ installed: ['translate-document'] })
    const list = fake.bridge.calls['library.list']
    fake.bridge.calls['library.list'] = async (input) => {
      const result = await list(input)
      if (!result.ok) return result
      const [first] = result.value
      return { ok: true, value: [first!, { ...first!, slug: 'other', title: 'Other skill' }] }
    }
    const { user } = await openApp(fake, '#/keys')
    await user.click(await screen.findByRole('button', { name: 'Add Translate API key' }))
    const dialog = await screen.findByRole('dialog', { name: 'Add Translate API key' })
    await user.type(within(dialog).getByLabelText('Translate API key'), 'tr-1234')
    await user.click(within(dialog).getByRole('button', { name: /Who may use it/ }))
    await user.click(await screen.findByRole('option', { name: 'Only Other skill' }))
    await user.click(within(dialog).getByRole('button', { name: 'Keep it' }))
    await waitFor(() =>
      expect(fake.callsOf('secrets.set')).toEqual([
        { name: 'TRANSLATE_API_KEY', skill: 'other', value: 'tr-1234' },
      ]),
    )
  })

  it('offers to erase a key with the last skill that used it, and erases nothing by itself', async () => {
    const fake = createFakeBridge({
      installed: ['translate-document'],
      keys: { TRANSLATE_API_KEY: 'tr-live-secret-8f3a' },
    })
    const { user } = await openApp(fake, '#/library')
    await user.click(await screen.findByRole('button', { name: 'More about Translate document' }))
    await user.click(await screen.findByRole('menuitem', { name: 'Remove' }))
    await screen.findByText(/No other skill uses the key TRANSLATE_API_KEY/)
    expect(fake.callsOf('secrets.remove')).toEqual([])
    await user.click(screen.getByRole('button', { name: 'Erase it' }))
    await waitFor(() =>
      expect(fake.callsOf('secrets.remove')).toEqual([{ name: 'TRANSLATE_API_KEY', skill: null }]),
    )
  })
})
