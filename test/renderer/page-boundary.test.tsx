import { screen } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { createFakeBridge } from '../support/renderer/fake-bridge.ts'
import { openApp } from '../support/renderer/render-app.tsx'

describe('a page that breaks', () => {
  it('leaves the window standing, and starts again once what broke it is gone', async () => {
    // React reports what a boundary caught; here that is expected.
    const reported = vi.spyOn(console, 'error').mockImplementation(() => {})
    let broken = true
    const fake = createFakeBridge()
    const list = fake.bridge.calls['secrets.list']
    // Main checks what it answers, so only a mistake of ours gets this far.
    const calls = {
      ...fake.bridge.calls,
      'secrets.list': async () =>
        broken ? ({ ok: true, value: {} } as Awaited<ReturnType<typeof list>>) : list(null),
    }
    const { user } = await openApp({ ...fake, bridge: { ...fake.bridge, calls } }, '#/keys')
    await screen.findByRole('heading', { name: 'This page can’t be shown' })
    expect(reported).toHaveBeenCalled()
    reported.mockRestore()
    await user.click(screen.getByRole('link', { name: 'Settings' }))
    await screen.findByRole('heading', { name: 'Settings' })

    const again = vi.spyOn(console, 'error').mockImplementation(() => {})
    await user.click(screen.getByRole('link', { name: 'Keys' }))
    const start = await screen.findByRole('button', { name: 'Start again' })
    again.mockRestore()
    broken = false
    await user.click(start)
    await screen.findByText('Your keys will be here')
  })
})
