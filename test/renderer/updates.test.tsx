import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { asksOf } from '../../src/shared/capability-words.ts'
import type { InstallPlan } from '../../src/shared/contract/install.ts'
import { SkilletError } from '../../src/shared/errors.ts'
import { createFakeBridge, type FakeBridge } from '../support/renderer/fake-bridge.ts'
import { fakeCatalog } from '../support/renderer/fake-skills.ts'
import { openApp } from '../support/renderer/render-app.tsx'

const older = { version: '1.1.0', updateTo: '1.2.0' }
const ask = (slug: string, capability: string) =>
  asksOf(fakeCatalog.find(({ manifest }) => manifest.slug === slug)!.manifest).find(
    (each) => each.capability === capability,
  )!
/** Link check asks to go online since 1.2.0. */
const widening: NonNullable<InstallPlan['changes']> = {
  widens: true,
  added: [ask('link-check', 'net')],
  removed: [],
  changed: [],
}
const bridge = (options: Parameters<typeof createFakeBridge>[0] = {}): FakeBridge =>
  createFakeBridge({
    installed: ['csv-profile', 'link-check', 'secret-sweep'],
    records: { 'csv-profile': older, 'link-check': older, 'secret-sweep': older },
    changes: { 'link-check': widening },
    ...options,
  })
const row = (title: string) =>
  within(screen.getByRole('list', { name: 'Installed skills' }))
    .getByRole('link', { name: title })
    .closest('li')!

describe('an update', () => {
  it('goes ahead with one click where it asks for nothing more, and can be undone', async () => {
    const fake = bridge()
    const { user } = await openApp(fake, '#/library')
    await user.click(await screen.findByRole('button', { name: 'Update CSV profile to 1.2.0' }))
    await screen.findByText('CSV profile was updated to 1.2.0.')
    expect(screen.queryByRole('dialog')).toBeNull()
    // What was allowed earlier goes on as long as it was allowed for: main knows how long.
    expect(fake.callsOf('install.apply')).toEqual([{ planId: 'plan-1', decisions: {} }])
    await waitFor(() => expect(row('CSV profile').textContent).toContain('version 1.2.0'))
    await user.click(screen.getByRole('button', { name: 'Undo' }))
    await screen.findByText('CSV profile is back at 1.1.0.')
    expect(fake.callsOf('library.rollback')).toEqual([{ slug: 'csv-profile', version: '1.1.0' }])
  })

  it('is held where it asks for more: what is new is asked, what it could already is told', async () => {
    const fake = bridge()
    const { user } = await openApp(fake, '#/library')
    await user.click(await screen.findByRole('button', { name: 'Update Link check to 1.2.0' }))
    const dialog = await screen.findByRole('dialog', { name: 'Update Link check' })
    expect(within(dialog).getByText('Version 1.1.0 → 1.2.0')).toBeTruthy()
    const questions = within(within(dialog).getByRole('list', { name: 'What it may do' }))
    expect(questions.getAllByRole('listitem')).toHaveLength(1)
    expect(questions.getByText('New')).toBeTruthy()
    expect(questions.getByRole('heading', { name: 'Connect to web.archive.org' })).toBeTruthy()
    expect(
      within(within(dialog).getByRole('region', { name: 'It could already' })).getByText(
        'Read a folder that you choose',
      ),
    ).toBeTruthy()
    expect(fake.callsOf('install.apply')).toEqual([])
    const update = within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Update' })
    expect(update.disabled).toBe(true)
    await user.click(questions.getByRole('radio', { name: 'Allow' }))
    await user.click(update)
    await within(dialog).findByText('Link check is now at 1.2.0.')
    // The plan that was held is the one that is applied: nothing is asked twice.
    expect(fake.callsOf('install.plan')).toHaveLength(1)
    expect(fake.callsOf('install.apply')).toEqual([
      { planId: 'plan-1', decisions: { net: { decision: 'allow', life: 'always' } } },
    ])
  })

  it('that is refused leaves the version in place, and says so', async () => {
    const fake = bridge()
    const { user } = await openApp(fake, '#/library')
    await user.click(await screen.findByRole('button', { name: 'Update Link check to 1.2.0' }))
    const dialog = await screen.findByRole('dialog', { name: 'Update Link check' })
    await user.click(within(dialog).getByRole('radio', { name: 'Don’t allow' }))
    await within(dialog).findByText('Link check can’t be updated without this.')
    await user.click(within(dialog).getByRole('button', { name: 'Stay at 1.1.0' }))
    await screen.findByText('Link check stays as it is. Skillet will remember your answer.')
    expect(row('Link check').textContent).toContain('version 1.1.0')
  })

  it('tells before and after where a permission changed, and what is no longer asked for', async () => {
    const [net, read] = [ask('link-check', 'net'), ask('link-check', 'fs:read')]
    const fake = bridge({
      changes: {
        'link-check': {
          widens: true,
          added: [],
          removed: [ask('tidy-folder', 'fs:write')],
          changed: [
            { before: { ...net, title: 'Connect to archive.org' }, after: net },
            { before: { ...read, limit: 'It ran with sh.' }, after: read },
          ],
        },
      },
    })
    const { user } = await openApp(fake, '#/library')
    await user.click(await screen.findByRole('button', { name: 'Update Link check to 1.2.0' }))
    const dialog = await screen.findByRole('dialog', { name: 'Update Link check' })
    expect(within(dialog).getAllByText('Changed')).toHaveLength(2)
    expect(within(dialog).getByText('Until now: Connect to archive.org.')).toBeTruthy()
    // Where the titles are the same, only the limit tells.
    expect(within(dialog).getByText(`Until now: ${read.title}. It ran with sh.`)).toBeTruthy()
    expect(within(dialog).getByRole('region', { name: 'It no longer asks to' })).toBeTruthy()
  })

  it('“Update all” does those that ask for nothing more and names the one that is held', async () => {
    const fake = bridge()
    const { user } = await openApp(fake, '#/library')
    await user.click(await screen.findByRole('button', { name: 'Update all' }))
    await screen.findByText('2 skills were updated. 1 waits for you.')
    await screen.findByText('Link check asks for more than you have allowed, so it waits for your answer.')
    expect(fake.callsOf('install.apply')).toHaveLength(2)
    // Nobody knows when somebody will look: the plan is given back and made anew then.
    expect(fake.callsOf('install.cancel')).toHaveLength(1)
    expect(within(row('Link check')).getByText('Asks for more')).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Review the update of Link check' }))
    await screen.findByRole('dialog', { name: 'Update Link check' })
  })

  it('shows how far it is and can be stopped', async () => {
    let fail: (error: unknown) => void = () => {}
    const fake = bridge({
      overrides: {
        'install.apply': () => new Promise((_, reject) => (fail = reject)),
        'install.cancel': async () => {
          fail(new SkilletError('CANCELLED', 'The installation was stopped.'))
          return null
        },
      },
    })
    const { user } = await openApp(fake, '#/library')
    await user.click(await screen.findByRole('button', { name: 'Update CSV profile to 1.2.0' }))
    const bar = await screen.findByRole('progressbar', { name: 'Updating CSV profile' })
    await waitFor(() => expect(fake.callsOf('install.apply')).toHaveLength(1))
    fake.emit('install.progress', { planId: 'plan-1', step: 'download', fraction: 0.5 })
    await waitFor(() => expect(bar.getAttribute('aria-valuenow')).toBe('38'))
    await user.click(screen.getByRole('button', { name: 'Stop updating CSV profile' }))
    await screen.findByRole('button', { name: 'Update CSV profile to 1.2.0' })
    expect(fake.callsOf('install.cancel')).toEqual([{ planId: 'plan-1' }])
  })

  it('that fails says why and what to do, and can be tried again', async () => {
    let broken = true
    const working = bridge()
    const fake = bridge({
      overrides: {
        'install.plan': async (input) => {
          if (broken) throw new SkilletError('NO_SPACE', 'There is no space left on the disk.')
          const plan = await working.bridge.calls['install.plan'](input)
          if (!plan.ok) throw new Error('unexpected')
          return plan.value
        },
        'install.apply': async () => ({ slug: 'csv-profile', version: '1.2.0' }),
      },
    })
    const { user } = await openApp(fake, '#/library')
    await user.click(await screen.findByRole('button', { name: 'Update CSV profile to 1.2.0' }))
    await screen.findByText('There is no space left on the disk. Free some disk space and try again.')
    broken = false
    await user.click(screen.getByRole('button', { name: 'Update CSV profile to 1.2.0' }))
    await waitFor(() => expect(fake.callsOf('install.apply')).toHaveLength(1))
  })

  it('is also one click from Discover', async () => {
    const fake = bridge()
    const { user } = await openApp(fake)
    await user.click(await screen.findByRole('button', { name: 'Update CSV profile to 1.2.0' }))
    await screen.findByText('CSV profile was updated to 1.2.0.')
    await screen.findByRole('link', { name: 'Run CSV profile' })
  })
})

describe('“Update all” where something is wrong', () => {
  const withFailure = (error: SkilletError) =>
    bridge({
      overrides: {
        'install.plan': async () => {
          throw error
        },
      },
    })

  it('asks a registry that can’t be reached once, and says so once', async () => {
    const fake = withFailure(new SkilletError('REGISTRY_UNREACHABLE', 'The registry can’t be reached.'))
    const { user } = await openApp(fake, '#/library')
    await user.click(await screen.findByRole('button', { name: 'Update all' }))
    expect(await screen.findAllByText(/^The registry can’t be reached\./)).toHaveLength(1)
    await screen.findByRole('button', { name: 'Update all' })
    expect(fake.callsOf('install.plan')).toHaveLength(1)
  })

  it('goes on after what concerns one skill, and says once what went wrong with several', async () => {
    const fake = withFailure(new SkilletError('RELEASE_INVALID', 'The registry sent something wrong.'))
    const { user } = await openApp(fake, '#/library')
    await user.click(await screen.findByRole('button', { name: 'Update all' }))
    expect(await screen.findAllByText(/The registry sent something wrong\./)).toHaveLength(1)
    screen.getByText(/^CSV profile, Link check and Secret sweep were not updated\./)
    expect(fake.callsOf('install.plan')).toHaveLength(3)
  })
})

describe('an update that waits for its review', () => {
  const held = async (options?: Parameters<typeof createFakeBridge>[0]) => {
    const fake = bridge(options)
    const { user } = await openApp(fake, '#/library')
    await user.click(await screen.findByRole('button', { name: 'Update Link check to 1.2.0' }))
    await screen.findByRole('dialog', { name: 'Update Link check' })
    return user
  }

  it('waits no longer once it was answered and made, also after going back', async () => {
    const user = await held()
    await user.click(screen.getByRole('radio', { name: 'Allow' }))
    await user.click(screen.getByRole('button', { name: 'Update' }))
    await screen.findByText('Link check is now at 1.2.0.')
    await user.click(screen.getByRole('button', { name: 'Close' }))
    await user.click(screen.getByRole('button', { name: 'More about Link check' }))
    await user.click(await screen.findByRole('menuitem', { name: 'Go back to 1.1.0' }))
    await screen.findByRole('button', { name: 'Update Link check to 1.2.0' })
    expect(screen.queryByText(/so it waits for your answer/)).toBeNull()
  })

  it('waits no longer once the skill stays at its version', async () => {
    const user = await held()
    await user.keyboard('{Escape}')
    await screen.findByRole('button', { name: 'Review the update of Link check' })
    for (const name of ['Stay at this version', 'Follow updates again']) {
      await user.click(screen.getByRole('button', { name: 'More about Link check' }))
      await user.click(await screen.findByRole('menuitem', { name }))
    }
    await screen.findByRole('button', { name: 'Update Link check to 1.2.0' })
  })
})

describe('an older version than the installed one', () => {
  it('is named as going back, and every question is asked again', async () => {
    const fake = createFakeBridge({
      installed: ['csv-profile'],
      records: { 'csv-profile': { version: '1.3.0' } },
      opened: ['/home/ana/csv-profile-1.2.0.skillet'],
    })
    const { user } = await openApp(fake)
    const dialog = await screen.findByRole('dialog', { name: 'Go back to an earlier CSV profile' })
    expect(within(dialog).getByText('Version 1.3.0 → 1.2.0')).toBeTruthy()
    expect(within(dialog).getByText(/This is older than what you have/)).toBeTruthy()
    const button = within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Go back to 1.2.0' })
    expect(button.disabled).toBe(true)
    for (const radio of within(dialog).getAllByRole('radio', { name: 'Allow' })) await user.click(radio)
    await user.click(button)
    await within(dialog).findByText('CSV profile is now at 1.2.0.')
    expect(fake.callsOf('install.apply')).toEqual([
      {
        planId: 'plan-1',
        decisions: {
          'fs:read': { decision: 'allow', life: 'always' },
          'fs:write': { decision: 'allow', life: 'always' },
        },
      },
    ])
  })
})
