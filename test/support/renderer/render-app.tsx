import { act, cleanup, configure, render, type RenderResult } from '@testing-library/react'
import userEvent, { type UserEvent } from '@testing-library/user-event'
import { afterEach, beforeAll, beforeEach, vi } from 'vitest'
import { App } from '../../../src/renderer/app.tsx'
import { lateParts } from '../../../src/renderer/late-parts.ts'
import type { FakeBridge } from './fake-bridge.ts'

// Whole pages in jsdom are slow on a busy machine; nothing here measures time.
vi.setConfig({ testTimeout: 60_000 })
configure({ asyncUtilTimeout: 15_000 })

beforeAll(async () => {
  // As in a window that had a moment to itself.
  await Promise.all(Object.values(lateParts).map((part) => part.load()))
  // jsdom has no layout and so no media queries: a wide, light window.
  window.matchMedia = (query) =>
    ({
      matches: false,
      media: query,
      addEventListener: () => {},
      removeEventListener: () => {},
    }) as unknown as MediaQueryList
  window.IntersectionObserver ??= class {
    observe() {}
    disconnect() {}
  } as unknown as typeof IntersectionObserver
  document.documentElement.lang = 'en'
  // jsdom lacks it; the names that are escaped here are plain.
  window.CSS ??= { escape: (text: string) => text } as typeof CSS
})
beforeEach(() => {
  window.location.hash = ''
})
afterEach(cleanup)

/** The whole window over a fake bridge, opened at an address such as `#/library`. */
export async function openApp(
  fake: FakeBridge,
  hash = '#/',
): Promise<{ user: UserEvent; view: RenderResult }> {
  const user = userEvent.setup()
  window.location.hash = hash
  let view: RenderResult | undefined
  await act(async () => {
    view = render(<App bridge={fake.bridge} />)
  })
  return { user, view: view! }
}
