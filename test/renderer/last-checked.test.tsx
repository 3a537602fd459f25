import { act, screen } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import { createFakeBridge } from '../support/renderer/fake-bridge.ts'
import { openApp } from '../support/renderer/render-app.tsx'

afterEach(() => void vi.useRealTimers())

it('Settings asks each minute when the registry was last checked', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  const fake = createFakeBridge()
  await openApp(fake, '#/settings')
  await screen.findByText('Last checked')
  const asked = fake.callsOf('trust.status').length
  await act(() => vi.advanceTimersByTimeAsync(60_500))
  expect(fake.callsOf('trust.status')).toHaveLength(asked + 1)
})
