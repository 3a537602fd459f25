import { act, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import type { SkillSummary } from '../../src/shared/contract/skills.ts'
import { SkilletError } from '../../src/shared/errors.ts'
import { createFakeBridge, trust } from '../support/renderer/fake-bridge.ts'
import { openApp } from '../support/renderer/render-app.tsx'

describe('Discover', () => {
  it('shows each skill with its verdict and next step, and reports that the window is ready once', async () => {
    const fake = createFakeBridge({ installed: ['csv-profile'] })
    await openApp(fake)
    const card = async (name: string) => within(await screen.findByRole('article', { name }))
    expect((await card('CSV profile')).getByText('Installed')).toBeTruthy()
    expect(
      (await card('CSV profile')).getByRole('link', { name: 'Run CSV profile' }).getAttribute('href'),
    ).toBe('#/run/csv-profile')
    expect((await card('Photo upscale')).getByText('Needs 12 GB of NVIDIA graphics memory')).toBeTruthy()
    expect((await card('Meeting minutes')).getByText('Needs the Cook plan')).toBeTruthy()
    expect((await card('Translate document')).getByText('Asks for a key')).toBeTruthy()
    await waitFor(() => expect(fake.callsOf('app.ready')).toEqual([null]))
  })

  it('searches as one types, filters, and offers a way out of an empty result', async () => {
    const fake = createFakeBridge()
    const { user } = await openApp(fake)
    await screen.findByRole('article', { name: 'CSV profile' })
    await user.keyboard('{Control>}k{/Control}')
    expect(document.activeElement).toBe(screen.getByRole('searchbox', { name: 'Search skills' }))
    await user.keyboard('dead links')
    await waitFor(() => expect(screen.getAllByRole('article').length).toBe(1))
    await user.click(screen.getByRole('radio', { name: 'Photos' }))
    await user.click(screen.getByRole('button', { name: 'Fits this computer' }))
    await screen.findByText('No skills found for “dead links”')
    await user.click(screen.getByRole('button', { name: 'Show all skills' }))
    await screen.findByRole('article', { name: 'CSV profile' })
    const asked = fake.callsOf('catalog.search') as { text?: string }[]
    expect(asked).toContainEqual({
      text: 'dead links',
      category: 'photos',
      fitsOnly: true,
      offset: 0,
      limit: 60,
    })
    // What was half typed is not asked for.
    expect(new Set(asked.map(({ text = '' }) => text))).toEqual(new Set(['', 'dead links']))
  })

  it('shows a large catalog page by page: as one scrolls, and with the keyboard', async () => {
    const show = stubVisibility()
    const working = createFakeBridge()
    const answer = await working.bridge.calls['catalog.search']({})
    if (!answer.ok) throw new Error('unexpected')
    const [first] = answer.value.skills as [SkillSummary]
    const all = Array.from({ length: 150 }, (_, index) => ({
      ...first,
      slug: `skill-${index}`,
      title: `Skill number ${index}`,
    }))
    const fake = createFakeBridge({
      overrides: {
        'catalog.search': async ({ offset, limit }) => ({
          // The catalog changed between two pages: one skill appears twice.
          skills: all.slice(Math.max(0, offset - 1), offset + limit),
          total: all.length,
        }),
      },
    })
    const { user } = await openApp(fake)
    await screen.findByRole('article', { name: 'Skill number 0' })
    expect(screen.getAllByRole('article')).toHaveLength(60)
    expect(screen.getByText('150 skills found')).toBeTruthy()
    act(() => show((element) => element.tagName === 'DIV'))
    await screen.findByRole('article', { name: 'Skill number 119' })
    expect(screen.getAllByRole('article')).toHaveLength(120)
    screen.getByRole('button', { name: 'Show more' }).focus()
    await user.keyboard('{Enter}')
    await screen.findByRole('article', { name: 'Skill number 149' })
    expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull()

    // News: the first page and what is looked at are asked for again, the rest when it is scrolled to.
    const offsetsSince = (before: number) =>
      (fake.callsOf('catalog.search') as { offset?: number; limit?: number }[])
        .slice(before)
        .filter(({ limit }) => limit === 60)
        .map(({ offset }) => offset)
    const offset = (element: Element) => (element as HTMLElement).dataset['offset']
    act(() => show((element) => offset(element) === '121'))
    let before = fake.callsOf('catalog.search').length
    act(() => fake.emit('trust.changed', trust))
    await waitFor(() => expect(offsetsSince(before)).toEqual([0, 121]))
    before = fake.callsOf('catalog.search').length
    act(() => show((element) => offset(element) === '60'))
    await waitFor(() => expect(offsetsSince(before)).toEqual([0, 60]))
    expect(screen.getAllByRole('article')).toHaveLength(150)
    vi.unstubAllGlobals()
  })

  it('keeps the search while one looks at a skill and comes back', async () => {
    const { user } = await openApp(createFakeBridge())
    await user.type(await screen.findByRole('searchbox'), 'csv')
    await waitFor(() => expect(screen.getAllByRole('article').length).toBe(1))
    await user.click(screen.getByRole('link', { name: 'CSV profile' }))
    const heading = await screen.findByRole('heading', { name: 'CSV profile' })
    await waitFor(() => expect(document.activeElement).toBe(heading))
    await user.click(screen.getByRole('button', { name: 'Back' }))
    expect((await screen.findByRole<HTMLInputElement>('searchbox')).value).toBe('csv')
  })

  it('says why a skill doesn’t fit and leads from there to the one that does', async () => {
    const { user } = await openApp(createFakeBridge())
    await user.click(await screen.findByRole('link', { name: 'See why Photo upscale doesn’t fit' }))
    await screen.findByRole('heading', { name: 'Photo upscale', level: 1 })
    expect(screen.getByRole('tab', { name: 'This computer' }).getAttribute('aria-selected')).toBe('true')
    // Here it would lead to where the person already is.
    expect(screen.queryByRole('link', { name: /See why/ })).toBeNull()
    await user.click(screen.getByRole('link', { name: 'Look at it' }))
    await screen.findByRole('heading', { name: 'Photo upscale lite', level: 1 })
    expect(screen.getByText(/Photo upscale doesn’t fit this computer/)).toBeTruthy()
  })

  it('says when the registry cannot be reached, and recovers', async () => {
    let down = true
    const working = createFakeBridge()
    const fake = createFakeBridge({
      overrides: {
        'catalog.search': async (input) => {
          if (down) throw new SkilletError('REGISTRY_UNREACHABLE', 'The registry does not answer.')
          const answer = await working.bridge.calls['catalog.search'](input)
          if (!answer.ok) throw new Error('unexpected')
          return answer.value
        },
      },
    })
    const { user } = await openApp(fake)
    const alert = await screen.findByRole('alert')
    expect(within(alert).getByText('The registry does not answer.')).toBeTruthy()
    expect(within(alert).getByText('Check the connection to the registry and try again.')).toBeTruthy()
    down = false
    await user.click(within(alert).getByRole('button', { name: 'Try again' }))
    await screen.findByRole('article', { name: 'CSV profile' })
  })

  it('survives a broken channel with words instead of a blank window', async () => {
    const fake = createFakeBridge()
    const calls = {
      ...fake.bridge.calls,
      'catalog.search': () => Promise.reject(new Error('channel closed')),
    }
    await openApp({ ...fake, bridge: { ...fake.bridge, calls } })
    await screen.findByText('Something went wrong inside Skillet.')
  })

  it('welcomes only somebody who has installed nothing, by the name that the program has here', async () => {
    const branding = { name: 'Example Skills', accent: '#0a5c36' }
    const managed = { policy: { organisation: 'Example Ltd', branding }, logo: null }
    const { view } = await openApp(
      createFakeBridge({ overrides: { 'managed.get': () => Promise.resolve(managed) } }),
    )
    const welcome = await screen.findByRole('complementary', { name: 'Welcome' })
    await waitFor(() => expect(welcome.textContent).toContain('Example Skills shows what it may do'))
    view.unmount()
    await openApp(createFakeBridge({ installed: ['csv-profile'] }))
    await screen.findByRole('article', { name: 'CSV profile' })
    expect(screen.queryByRole('complementary', { name: 'Welcome' })).toBeNull()
  })
})

/** jsdom has no layout, so nothing scrolls: the test says what of the watched comes into view, the rest goes out of it. */
function stubVisibility(): (isShown: (element: Element) => boolean) => void {
  type Notify = (entries: { target: Element; isIntersecting: boolean }[]) => void
  const watchers = new Set<{ notify: Notify; elements: Element[] }>()
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      readonly own
      constructor(notify: Notify) {
        this.own = { notify, elements: [] as Element[] }
        watchers.add(this.own)
      }
      observe(element: Element) {
        this.own.elements.push(element)
      }
      disconnect() {
        watchers.delete(this.own)
      }
    },
  )
  return (isShown) => {
    for (const { notify, elements } of watchers)
      notify(elements.map((target) => ({ target, isIntersecting: isShown(target) })))
  }
}
