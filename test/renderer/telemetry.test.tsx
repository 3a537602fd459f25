import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { createFakeBridge, telemetryExample } from '../support/renderer/fake-bridge.ts'
import { openApp } from '../support/renderer/render-app.tsx'

const checked = (element: HTMLElement) => (element as HTMLInputElement).checked
const told = [{ at: '2026-11-01T10:00:00.000Z', body: telemetryExample }]

describe('the first choice', () => {
  it('is asked with the exact words, by two buttons that weigh the same, and is not asked again', async () => {
    const { user } = await openApp(createFakeBridge({ telemetry: { choice: null } }))
    const card = await screen.findByRole('region', { name: 'Anonymous statistics' })
    const shown = within(card).getByRole('region', { name: 'Example of what is sent' })
    expect(JSON.parse(shown.textContent)).toEqual(telemetryExample)
    const yes = within(card).getByRole('button', { name: 'Send statistics' })
    const no = within(card).getByRole('button', { name: 'Don’t send any' })
    expect(yes.className).toBe(no.className)
    await user.click(no)
    await waitFor(() => expect(screen.queryByRole('region', { name: 'Anonymous statistics' })).toBeNull())
  })

  it.each([
    ['an environment that forbids it', { forbiddenBy: { who: 'environment', variable: 'DO_NOT_TRACK' } }],
    ['an administrator who forbids it', { forbiddenBy: { who: 'policy' } }],
    ['an administrator who decided it', { managed: true, on: true }],
  ] as const)('isn’t asked under %s', async (_, telemetry) => {
    await openApp(createFakeBridge({ telemetry: { choice: null, ...telemetry } }))
    await screen.findByRole('searchbox', { name: 'Search skills' })
    expect(screen.queryByRole('region', { name: 'Anonymous statistics' })).toBeNull()
  })
})

describe('statistics in Settings', () => {
  it('are switched on and off, and every word that was sent can be read and forgotten', async () => {
    const { user } = await openApp(
      createFakeBridge({
        telemetry: { choice: 'on', on: true, sent: told, waiting: telemetryExample.events },
      }),
      '#/settings',
    )
    const name = 'Tell the registry how skills do'
    await waitFor(() => expect(checked(screen.getByRole('switch', { name }))).toBe(true))
    await user.click(screen.getByRole('button', { name: 'What was sent, word for word' }))
    expect(JSON.parse(screen.getByRole('region', { name: 'Waits to be sent' }).textContent)).toEqual(
      telemetryExample,
    )
    const sent = screen.getAllByRole('region', { name: /^Sent / })
    expect(JSON.parse(sent[0]!.textContent)).toEqual(telemetryExample)
    await user.click(screen.getByRole('button', { name: 'Forget all of this' }))
    await waitFor(() => expect(screen.queryByRole('region', { name: /^Sent / })).toBeNull())
    await user.click(screen.getByRole('switch', { name }))
    await waitFor(() => expect(checked(screen.getByRole('switch', { name }))).toBe(false))
  })

  it.each([
    [{ forbiddenBy: { who: 'environment', variable: 'DO_NOT_TRACK' } }, /DO_NOT_TRACK/],
    [{ forbiddenBy: { who: 'policy' } }, 'Your administrator has turned this off.'],
    [{ managed: true, on: true }, 'Your administrator has turned this on.'],
  ] as const)('say who decided, where that was somebody else', async (telemetry, words) => {
    await openApp(createFakeBridge({ telemetry }), '#/settings')
    await screen.findByText(words)
    const one = screen.getByRole<HTMLInputElement>('switch', { name: 'Tell the registry how skills do' })
    expect(one.disabled).toBe(true)
  })

  it('let the owner of a bundle have samples only after the person read what one is', async () => {
    const bundle = '0b6c0d5a-5b7a-4a59-9b53-5d2f6f1c9d11'
    const { user } = await openApp(
      createFakeBridge({ telemetry: { samples: [{ bundle, title: 'Kitchen', allowed: false }] } }),
      '#/settings',
    )
    const kitchen = () => screen.getByRole('switch', { name: 'Kitchen' })
    await user.click(await screen.findByRole('switch', { name: 'Kitchen' }))
    const dialog = await screen.findByRole('dialog', { name: 'Send samples to the owner of Kitchen?' })
    expect(dialog.textContent).toContain('the first 4,000 characters of what it printed')
    expect(kitchen).toThrow()
    await user.click(within(dialog).getByRole('button', { name: 'Send samples' }))
    await waitFor(() => expect(checked(kitchen())).toBe(true))
    await user.click(kitchen())
    await waitFor(() => expect(checked(kitchen())).toBe(false))
  })
})
