import { act, screen, waitFor, within } from '@testing-library/react'
import axe from 'axe-core'
import { describe, expect, it } from 'vitest'
import type { InstalledSkill, Withdrawn } from '../../src/shared/contract/library.ts'
import { SkilletError } from '../../src/shared/errors.ts'
import { runResult } from '../support/host-values.ts'
import { createFakeBridge, installedFrom } from '../support/renderer/fake-bridge.ts'
import { fakeCatalog } from '../support/renderer/fake-skills.ts'
import { openApp } from '../support/renderer/render-app.tsx'

const withdrawn: Withdrawn = {
  reason: 'It sent the text of documents to somebody else.',
  severity: 'critical',
  revokedAt: '2026-11-22T09:00:00Z',
  rotate: [{ name: 'TRANSLATE_API_KEY', title: 'Translate API key' }],
  saferVersion: '1.2.1',
}
const records = { 'translate-document': { withdrawn } }
const translate = fakeCatalog.find(({ manifest }) => manifest.slug === 'translate-document')!
const note = () => screen.findByRole('region', { name: 'Translate document was withdrawn' })

describe('a withdrawn skill', () => {
  it('is told at every start, above every page, until the person sends the words away', async () => {
    const fake = createFakeBridge({ installed: ['translate-document', 'csv-profile'], records })
    const { user } = await openApp(fake, '#/keys')
    const banner = await screen.findByRole('alert')
    expect(banner.textContent).toContain('Translate document was withdrawn.')
    expect(banner.textContent).toContain(withdrawn.reason)
    await user.click(screen.getByRole('link', { name: 'Activity' }))
    await screen.findByRole('heading', { name: 'Activity' })
    await user.click(
      within(screen.getByRole('alert')).getByRole('button', {
        name: 'Close the notice about Translate document',
      }),
    )
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('is told the moment it happens, and a run that it ended says why', async () => {
    let list: InstalledSkill[] = [installedFrom(translate)]
    const fake = createFakeBridge({
      overrides: { 'library.list': async () => list, 'grants.asks': async () => [] },
      run: ({ runId }, to) => to.emit('run.output', { runId, stream: 'stdout', text: 'working\n' }),
    })
    const { user } = await openApp(fake, '#/run/translate-document')
    await user.click(await screen.findByRole('button', { name: /^Choose file/ }))
    await user.click(await screen.findByRole('button', { name: 'Run' }))
    await screen.findByText(/Running/)
    list = [installedFrom(translate, { withdrawn })]
    const [{ slug }] = list as [InstalledSkill]
    act(() => {
      fake.emit('run.finished', {
        runId: 'run-1',
        result: runResult({ reason: 'stopped', exitCode: null, signal: 'SIGKILL' }),
        error: null,
      })
      fake.emit('library.changed', {
        slug,
        withdrawn: { ...withdrawn, title: 'Translate document', version: '1.2.0' },
      })
    })
    await note()
    await screen.findAllByText('Stopped after 0.8 s, because it was withdrawn')
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Run again' }).disabled).toBe(true)
    expect(screen.queryByRole('button', { name: 'Change inputs' })).toBeNull()
    await user.click(screen.getByRole('link', { name: 'Activity' }))
    expect((await screen.findByRole('alert')).textContent).toContain('Translate document was withdrawn.')
  })

  it('shares one notice with the others, which leads to the Library', async () => {
    const slugs = ['csv-profile', 'secret-sweep', 'translate-document']
    const fake = createFakeBridge({
      installed: slugs,
      records: Object.fromEntries(slugs.map((slug) => [slug, { withdrawn }])),
    })
    const { user } = await openApp(fake)
    const banner = await screen.findByRole('alert')
    expect(banner.textContent).toContain('3 skills were withdrawn.')
    expect(banner.textContent).toContain('CSV profile, Secret sweep and Translate document')
    await user.click(within(banner).getByRole('link', { name: 'What to do about withdrawn skills' }))
    await screen.findByRole('heading', { name: 'Library' })
    await user.click(
      within(screen.getByRole('alert')).getByRole('button', {
        name: 'Close the notice about withdrawn skills',
      }),
    )
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('is told also where the list of skills can’t be read', async () => {
    let broken = false
    const fake = createFakeBridge({
      overrides: {
        'library.list': async () => {
          if (broken) throw new SkilletError('INTERNAL', 'The list can’t be read.')
          return [installedFrom(translate)]
        },
      },
    })
    const event = {
      slug: 'translate-document',
      withdrawn: { ...withdrawn, title: 'Translate document', version: '1.2.0' },
    }
    const { view } = await openApp(fake)
    await screen.findByRole('article', { name: 'CSV profile' })
    broken = true
    act(() => fake.emit('library.changed', event))
    expect((await screen.findByRole('alert')).textContent).toContain('Translate document was withdrawn.')
    view.unmount()
    // Not even once: then a notice says it.
    await openApp(fake)
    await screen.findByRole('article', { name: 'CSV profile' })
    act(() => fake.emit('library.changed', event))
    await screen.findByText(/^Translate document was withdrawn\..*to somebody else\.$/)
  })

  it('stands first in the Library with what happened and what to do, and can’t be run', async () => {
    const fake = createFakeBridge({
      installed: ['csv-profile', 'translate-document'],
      records,
      keys: { TRANSLATE_API_KEY: 'a key that was stored' },
    })
    const { user } = await openApp(fake, '#/library')
    const list = await screen.findByRole('list', { name: 'Installed skills' })
    const [first] = within(list).getAllByRole('listitem')
    expect(first!.textContent).toContain('Translate document')
    const run = screen.getByRole<HTMLButtonElement>('button', { name: 'Run Translate document' })
    expect(run.disabled).toBe(true)
    const reason = document.getElementById(run.getAttribute('aria-describedby')!)!
    expect(reason).toBe(await note())
    expect(reason.textContent).toContain('The registry withdrew version 1.2.0 on 22 November')
    expect(reason.textContent).toContain('The registry calls this critical.')
    await waitFor(() => expect(reason.textContent).toContain('It could use your Translate API key.'))
    expect(within(reason).getByRole('link', { name: 'Open Keys' }).getAttribute('href')).toBe('#/keys')

    await user.click(within(reason).getByRole('button', { name: 'Update to 1.2.1: Translate document' }))
    await screen.findByRole('dialog')
    expect(fake.callsOf('install.plan')).toEqual([{ slug: 'translate-document', version: '1.2.1' }])
  })

  it('offers the way back to an older version that is safe, or only to remove it', async () => {
    const fake = createFakeBridge({
      installed: ['csv-profile', 'secret-sweep'],
      records: {
        'csv-profile': { withdrawn: { ...withdrawn, saferVersion: '1.1.0', rotate: [] } },
        'secret-sweep': { withdrawn: { ...withdrawn, saferVersion: null, rotate: [], severity: 'low' } },
      },
    })
    const { user } = await openApp(fake, '#/library')
    await screen.findByRole('button', { name: 'Go back to 1.1.0: CSV profile' })
    const sweep = within(await screen.findByRole('region', { name: 'Secret sweep was withdrawn' }))
    expect(sweep.queryByRole('button', { name: /^Update|^Go back/ })).toBeNull()
    expect(sweep.queryByRole('link', { name: 'Open Keys' })).toBeNull()
    await user.click(sweep.getByRole('button', { name: 'Remove Secret sweep' }))
    await screen.findByText('Secret sweep was removed.')
    expect(fake.callsOf('library.remove')).toEqual([{ slug: 'secret-sweep' }])
    await waitFor(() =>
      expect(screen.queryByRole('region', { name: 'Secret sweep was withdrawn' })).toBeNull(),
    )
    expect(screen.getByRole('region', { name: 'CSV profile was withdrawn' })).toBeDefined()
  })

  it('says it on its own page, also when the catalog no longer has it, and on its run page', async () => {
    const fake = createFakeBridge({
      installed: ['translate-document'],
      records,
      overrides: {
        'catalog.show': async () => {
          throw new SkilletError('NOT_FOUND', 'The catalog has no skill of this name.')
        },
      },
    })
    const { view } = await openApp(fake, '#/skill/translate-document')
    await note()
    await screen.findByText('The catalog has no skill of this name.')
    view.unmount()
    await openApp(
      createFakeBridge({ installed: ['translate-document'], records }),
      '#/run/translate-document',
    )
    await note()
    expect(screen.queryByRole('form')).toBeNull()
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Run' }).disabled).toBe(true)
  })

  it('leads from Discover to the reason instead of to a run', async () => {
    await openApp(createFakeBridge({ installed: ['translate-document'], records }))
    await screen.findByRole('link', { name: 'See why Translate document was withdrawn' })
    expect(screen.queryByRole('link', { name: 'Run Translate document' })).toBeNull()
  })

  it('is told accessibly', async () => {
    await openApp(createFakeBridge({ installed: ['translate-document'], records }), '#/library')
    await note()
    const { violations } = await axe.run(document, {
      rules: { 'color-contrast': { enabled: false }, 'label-content-name-mismatch': { enabled: false } },
    })
    expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([])
  })
})
