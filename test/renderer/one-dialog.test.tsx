import { act, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { asksOf } from '../../src/shared/capability-words.ts'
import { createFakeBridge, type FakeBridge } from '../support/renderer/fake-bridge.ts'
import { fakeCatalog } from '../support/renderer/fake-skills.ts'
import { openApp } from '../support/renderer/render-app.tsx'

const linkCheck = fakeCatalog.find(({ manifest }) => manifest.slug === 'link-check')!
const added = asksOf(linkCheck.manifest).filter(({ capability }) => capability === 'net')

/** Link check has an update that asks for more; its plan and every installation wait for `plan()` and `apply()`. */
function slowBridge(): { fake: FakeBridge; plan: () => void; apply: () => void } {
  let plan = () => {}
  let apply = () => {}
  const planned = new Promise<void>((done) => (plan = done))
  const applied = new Promise<void>((done) => (apply = done))
  const fake = createFakeBridge({
    installed: ['link-check'],
    records: { 'link-check': { version: '1.1.0', updateTo: '1.2.0' } },
    changes: { 'link-check': { widens: true, added, removed: [], changed: [] } },
  })
  const calls = fake.bridge.calls as {
    -readonly [N in keyof typeof fake.bridge.calls]: (typeof fake.bridge.calls)[N]
  }
  const [planNow, applyNow] = [calls['install.plan'], calls['install.apply']]
  calls['install.plan'] = async (input) => {
    if (input.slug === 'link-check') await planned
    return planNow(input)
  }
  calls['install.apply'] = async (input) => {
    await applied
    return applyNow(input)
  }
  return { fake, plan, apply }
}

async function updateThenInstall(fake: FakeBridge) {
  const { user, view } = await openApp(fake, '#/library')
  await user.click(await screen.findByRole('button', { name: 'Update Link check to 1.2.0' }))
  await user.click(screen.getByRole('link', { name: 'Discover' }))
  await user.click(await screen.findByRole('button', { name: 'Install Secret sweep' }))
  const dialog = await screen.findByRole('dialog', { name: 'Install Secret sweep' })
  await within(dialog).findAllByRole('radio', { name: 'Allow' })
  return { user, view, dialog }
}

describe('an install dialog that is open', () => {
  it('is never swapped for an update that asks for more: that waits for its review', async () => {
    const { fake, plan } = slowBridge()
    const { user, dialog } = await updateThenInstall(fake)
    await user.click(within(dialog).getAllByRole('radio', { name: 'Allow' })[0]!)
    plan()
    await screen.findByText(/^The update of Link check asks for more than you have allowed\./)
    expect(screen.getAllByRole('dialog')).toEqual([dialog])
    expect(within(dialog).getAllByRole('radio', { name: 'Allow' })[0]!.ariaChecked).toBe('true')
    // The update's plan is given back, the one that is being answered is not.
    expect(fake.callsOf('install.cancel')).toEqual([{ planId: 'plan-2' }])
    await user.keyboard('{Escape}')
    await user.click(screen.getByRole('link', { name: /^Library/ }))
    await user.click(await screen.findByRole('button', { name: 'Review the update of Link check' }))
    await screen.findByRole('dialog', { name: 'Update Link check' })
  })

  it('stays while it installs, and says how that ended', async () => {
    const { fake, plan, apply } = slowBridge()
    const { user, dialog } = await updateThenInstall(fake)
    for (const allow of within(dialog).getAllByRole('radio', { name: 'Allow' })) await user.click(allow)
    await user.click(within(dialog).getByRole('button', { name: 'Install' }))
    plan()
    await waitFor(() => expect(fake.callsOf('install.cancel')).toEqual([{ planId: 'plan-2' }]))
    expect(screen.getAllByRole('dialog')).toEqual([dialog])
    apply()
    await within(dialog).findByText('Secret sweep is in your Library.')
  })

  it('takes its plan along when it is taken away', async () => {
    const { fake } = slowBridge()
    const { view } = await updateThenInstall(fake)
    await act(async () => view.unmount())
    expect(fake.callsOf('install.cancel')).toEqual([{ planId: 'plan-1' }])
  })
})
