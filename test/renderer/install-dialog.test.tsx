import { screen, waitFor, within } from '@testing-library/react'
import type { UserEvent } from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import { SkilletError } from '../../src/shared/errors.ts'
import { createFakeBridge, type FakeBridge } from '../support/renderer/fake-bridge.ts'
import { openApp } from '../support/renderer/render-app.tsx'

async function openDialog(
  fake: FakeBridge,
  title: string,
): Promise<{ user: UserEvent; dialog: HTMLElement }> {
  const { user } = await openApp(fake)
  await user.click(await screen.findByRole('button', { name: `Install ${title}` }))
  return { user, dialog: await screen.findByRole('dialog') }
}

function question(dialog: HTMLElement, name: string): HTMLElement {
  return within(dialog).getByRole('radiogroup', { name })
}
async function answer(user: UserEvent, dialog: HTMLElement, name: string, reply: string): Promise<void> {
  await user.click(within(question(dialog, name)).getByRole('radio', { name: reply }))
}
const installButton = (dialog: HTMLElement) =>
  within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Install' })

describe('install dialog', () => {
  it('answers nothing beforehand and waits for every answer', async () => {
    const fake = createFakeBridge()
    const { user, dialog } = await openDialog(fake, 'Link check')
    await within(dialog).findByText('Read a folder that you choose')
    for (const radio of within(dialog).getAllByRole('radio'))
      expect(radio.getAttribute('aria-checked')).toBe('false')
    expect(installButton(dialog).disabled).toBe(true)
    expect(within(dialog).getByText('2 questions left')).toBeTruthy()
    expect(within(dialog).getByText('To suggest a saved copy for a dead link.')).toBeTruthy()
    expect(within(dialog).getByText('It can reach no other site.')).toBeTruthy()
    expect(
      within(dialog).getByText('It can’t change files, use your keys or start other programs.'),
    ).toBeTruthy()

    await answer(user, dialog, 'Read a folder that you choose', 'Allow')
    expect(installButton(dialog).disabled).toBe(true)
    expect(fake.callsOf('install.apply')).toEqual([])

    await answer(user, dialog, 'Connect to web.archive.org', 'Allow')
    expect(installButton(dialog).disabled).toBe(false)
    // Always, unless the person says for how long.
    await user.click(within(dialog).getByRole('button', { name: /How long: Connect to web.archive.org/ }))
    await user.click(await screen.findByRole('option', { name: 'Just once' }))
    await user.click(installButton(dialog))
    await within(dialog).findByText('Link check is in your Library.')
    expect(fake.callsOf('install.apply')).toEqual([
      {
        planId: 'plan-1',
        decisions: {
          'fs:read': { decision: 'allow', life: 'always' },
          net: { decision: 'allow', life: 'once' },
        },
      },
    ])
  })

  it('can be answered with the keyboard alone', async () => {
    const fake = createFakeBridge()
    const { user, dialog } = await openDialog(fake, 'Secret sweep')
    await within(dialog).findByText('Read a folder that you choose')
    within(question(dialog, 'Read a folder that you choose')).getAllByRole('radio')[0]!.focus()
    await user.keyboard('{ArrowRight}{Enter}')
    await waitFor(() => expect(installButton(dialog).disabled).toBe(false))
    expect(
      within(question(dialog, 'Read a folder that you choose'))
        .getByRole('radio', { name: 'Allow' })
        .getAttribute('aria-checked'),
    ).toBe('true')
  })

  it('takes back the way to Install when an answer becomes "Don’t allow", and remembers the denial on "Don’t install"', async () => {
    const fake = createFakeBridge()
    const { user, dialog } = await openDialog(fake, 'Link check')
    await within(dialog).findByText('Read a folder that you choose')
    await answer(user, dialog, 'Read a folder that you choose', 'Allow')
    await answer(user, dialog, 'Connect to web.archive.org', 'Don’t allow')
    expect(within(dialog).queryByRole('button', { name: 'Install' })).toBeNull()
    expect(within(dialog).getByRole('status').textContent).toBe('Link check can’t be installed without this.')
    await user.click(within(dialog).getByRole('button', { name: 'Don’t install' }))
    await screen.findByText(/Link check was not installed/)
    expect(fake.callsOf('install.apply')).toEqual([
      {
        planId: 'plan-1',
        decisions: {
          'fs:read': { decision: 'allow', life: 'always' },
          net: { decision: 'deny', life: 'always' },
        },
      },
    ])
    expect(screen.queryByRole('dialog')).toBeNull()
    expect(await fake.bridge.calls['library.list'](null)).toMatchObject({ value: [] })
  })

  it('needs no further answers to refuse, and says so when the refusal could not be kept', async () => {
    const fake = createFakeBridge({
      overrides: {
        'install.apply': async () => {
          throw new SkilletError('NOT_WRITABLE', 'Your answer could not be written down.')
        },
      },
    })
    const { user, dialog } = await openDialog(fake, 'Link check')
    await within(dialog).findByText('Read a folder that you choose')
    await answer(user, dialog, 'Connect to web.archive.org', 'Don’t allow')
    await user.click(within(dialog).getByRole('button', { name: 'Don’t install' }))
    await within(dialog).findByText('Your answer could not be written down.')
    expect(fake.callsOf('install.apply')).toEqual([
      { planId: 'plan-1', decisions: { net: { decision: 'deny', life: 'always' } } },
    ])
  })

  it('lets the person change a denial and go on', async () => {
    const fake = createFakeBridge()
    const { user, dialog } = await openDialog(fake, 'Secret sweep')
    await within(dialog).findByText('Read a folder that you choose')
    await answer(user, dialog, 'Read a folder that you choose', 'Don’t allow')
    await answer(user, dialog, 'Read a folder that you choose', 'Allow')
    expect(installButton(dialog).disabled).toBe(false)
  })

  it('shows an earlier answer as such and keeps it changeable', async () => {
    const fake = createFakeBridge({
      grants: [
        {
          slug: 'secret-sweep',
          capability: 'fs:read',
          decision: 'deny',
          scope: ['input:folder'],
          capabilityDigest: '00'.repeat(32),
          decidedAt: '2026-11-01T10:00:00Z',
          by: 'window',
          life: 'always',
        },
      ],
    })
    const { dialog } = await openDialog(fake, 'Secret sweep')
    await within(dialog).findByText('Your earlier answer: Don’t allow. You can change it.')
    expect(within(dialog).queryByRole('button', { name: 'Install' })).toBeNull()
  })

  it('asks for a required key, allows skipping an optional one, and stores it only on Install', async () => {
    const fake = createFakeBridge()
    const { user, dialog } = await openDialog(fake, 'Translate document')
    await within(dialog).findByText('Read a file that you choose')
    await answer(user, dialog, 'Read a file that you choose', 'Allow')
    await answer(user, dialog, 'Connect to api.translate.example.com', 'Allow')
    expect(within(dialog).queryByLabelText('Translate API key')).toBeNull()
    await answer(user, dialog, 'Use your Translate API key and Glossary key', 'Allow')
    expect(installButton(dialog).disabled).toBe(true)
    expect(within(dialog).getByText('Enter your Translate API key first')).toBeTruthy()

    const field = within(dialog).getByLabelText<HTMLInputElement>('Translate API key')
    expect(field.type).toBe('password')
    await user.type(field, ' tr-live-8f3a ')
    await user.click(within(dialog).getByRole('button', { name: 'Show Translate API key' }))
    expect(field.type).toBe('text')
    expect(installButton(dialog).disabled).toBe(false)
    expect(fake.callsOf('secrets.set')).toEqual([])

    await user.click(installButton(dialog))
    await within(dialog).findByText('Translate document is in your Library.')
    expect(fake.callsOf('secrets.set')).toEqual([
      { name: 'TRANSLATE_API_KEY', skill: null, value: 'tr-live-8f3a' },
    ])
  })

  it('does not ask again for a key that is in the keychain', async () => {
    const fake = createFakeBridge({
      keys: { TRANSLATE_API_KEY: 'tr-live-8f3a', TRANSLATE_GLOSSARY_KEY: 'g' },
    })
    const { user, dialog } = await openDialog(fake, 'Translate document')
    await within(dialog).findByText('Read a file that you choose')
    for (const group of within(dialog).getAllByRole('radiogroup'))
      await user.click(within(group).getByRole('radio', { name: 'Allow' }))
    expect(within(dialog).queryByLabelText('Translate API key')).toBeNull()
    expect(installButton(dialog).disabled).toBe(false)
  })

  it('says what went wrong and what to do, and tries again', async () => {
    let attempts = 0
    const working = createFakeBridge()
    const fake = createFakeBridge({
      overrides: {
        'install.plan': async () => {
          attempts += 1
          if (attempts === 1)
            throw new SkilletError('SIGNATURE_INVALID', 'The signature of Link check is not genuine.')
          const plan = await working.bridge.calls['install.plan']({ slug: 'link-check' })
          if (!plan.ok) throw new Error('unexpected')
          return plan.value
        },
      },
    })
    const { user, dialog } = await openDialog(fake, 'Link check')
    await within(dialog).findByText('The signature of Link check is not genuine.')
    expect(within(dialog).getByText('Do not use this copy. Tell the registry.')).toBeTruthy()
    expect(within(dialog).getByText(': failed').parentElement!.textContent).toBe('Genuine: failed')
    expect(within(dialog).queryByRole('radio')).toBeNull()
    await user.click(within(dialog).getByRole('button', { name: 'Try again' }))
    await within(dialog).findByText('Read a folder that you choose')
  })

  it('shows real progress and cancels in the middle of it', async () => {
    let fail: (error: unknown) => void = () => {}
    const fake = createFakeBridge({
      overrides: {
        'install.apply': () => new Promise((_, reject) => (fail = reject)),
        'install.cancel': async () => {
          fail(new SkilletError('CANCELLED', 'The installation was stopped.'))
          return null
        },
      },
    })
    const { user, dialog } = await openDialog(fake, 'Secret sweep')
    await within(dialog).findByText('Read a folder that you choose')
    await answer(user, dialog, 'Read a folder that you choose', 'Allow')
    await user.click(installButton(dialog))
    fake.emit('install.progress', { planId: 'somebody-else', step: 'save', fraction: 1 })
    fake.emit('install.progress', { planId: 'plan-1', step: 'download', fraction: 0.5 })
    const bar = await within(dialog).findByRole('progressbar', { name: /Downloading 18 KB/ })
    await waitFor(() => expect(bar.getAttribute('aria-valuenow')).toBe('38'))
    await user.click(within(dialog).getByRole('button', { name: 'Cancel' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(fake.callsOf('install.cancel')).toEqual([{ planId: 'plan-1' }])
  })

  it.each(['kept', 'refused'])(
    'installs nothing when it is cancelled while a key is being stored, which is then %s',
    async (answered) => {
      let settle: () => void = () => {}
      const fake = createFakeBridge({
        overrides: {
          'secrets.set': () =>
            new Promise((resolve, reject) => {
              settle = () =>
                answered === 'kept'
                  ? resolve(null)
                  : reject(new SkilletError('KEYCHAIN_UNAVAILABLE', 'The keychain is locked.'))
            }),
        },
      })
      const { user, dialog } = await openDialog(fake, 'Translate document')
      await within(dialog).findByText('Read a file that you choose')
      for (const group of within(dialog).getAllByRole('radiogroup'))
        await user.click(within(group).getByRole('radio', { name: 'Allow' }))
      await user.type(within(dialog).getByLabelText('Translate API key'), 'tr-1')
      await user.type(within(dialog).getByLabelText(/^Glossary key/), 'gl-1')
      await user.click(installButton(dialog))
      await waitFor(() => expect(fake.callsOf('secrets.set').length).toBe(1))
      await user.click(within(dialog).getByRole('button', { name: 'Cancel' }))
      settle()
      await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
      expect(fake.callsOf('install.apply')).toEqual([])
      expect(fake.callsOf('secrets.set').length).toBe(1)
      expect(fake.callsOf('install.cancel')).toEqual([{ planId: 'plan-1' }])
    },
  )

  it('gives a plan back when the person leaves while it is still being made', async () => {
    let finish: () => void = () => {}
    const working = createFakeBridge()
    const fake = createFakeBridge({
      overrides: {
        'install.plan': async () => {
          await new Promise<void>((resolve) => (finish = resolve))
          const plan = await working.bridge.calls['install.plan']({ slug: 'link-check' })
          if (!plan.ok) throw new Error('unexpected')
          return plan.value
        },
      },
    })
    const { user, dialog } = await openDialog(fake, 'Link check')
    await user.click(within(dialog).getByRole('button', { name: 'Cancel' }))
    expect(screen.queryByRole('dialog')).toBeNull()
    finish()
    await waitFor(() => expect(fake.callsOf('install.cancel')).toEqual([{ planId: 'plan-1' }]))
  })

  it('closes with Escape, discarding the plan, and goes to the run page from Done', async () => {
    const fake = createFakeBridge()
    const { user, dialog } = await openDialog(fake, 'Extract highlights')
    await within(dialog).findByText(/It asks for nothing/)
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(fake.callsOf('install.cancel')).toEqual([{ planId: 'plan-1' }])

    await user.click(screen.getByRole('button', { name: 'Install Extract highlights' }))
    await waitFor(() => expect(installButton(screen.getByRole('dialog')).disabled).toBe(false))
    await user.click(installButton(screen.getByRole('dialog')))
    await user.click(await screen.findByRole('button', { name: 'Run it now' }))
    await screen.findByRole('form', { name: 'Run Extract highlights' })
  })
})
