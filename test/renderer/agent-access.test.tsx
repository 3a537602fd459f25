import { act, fireEvent, screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { Pairing, WaitingRequest } from '../../src/shared/agent-access.ts'
import type { WindowHandlers } from '../../src/shared/contract/index.ts'
import { SkilletError } from '../../src/shared/errors.ts'
import { createFakeBridge } from '../support/renderer/fake-bridge.ts'
import { openApp } from '../support/renderer/render-app.tsx'

const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString()
const pairing = (part: Partial<Pairing> = {}): Pairing => ({
  id: 'pairing-1',
  code: '482913',
  name: 'Claude Code',
  scopes: ['catalog:read', 'skills:request', 'skills:run'],
  days: 30,
  peer: { pid: 4711, name: 'claude', path: '/opt/claude/claude' },
  nameTaken: false,
  askedAt: at(0),
  expiresAt: at(5),
  ...part,
})
const request = (part: Partial<WaitingRequest> = {}): WaitingRequest => ({
  id: 'request-1',
  kind: 'install',
  slug: 'csv-profile',
  version: '1.2.0',
  title: 'CSV profile',
  days: null,
  folder: null,
  submission: null,
  inputs: {},
  reason: null,
  state: 'pending',
  askedAt: at(0),
  expiresAt: at(60),
  answeredAt: null,
  error: null,
  agent: { id: 'agent-1', name: 'Claude Code' },
  ...part,
})

/** A window in which this waits; what is answered waits no more. */
function waitingFor(
  pairings: Pairing[],
  requests: WaitingRequest[] = [],
  installed: string[] = [],
  overrides: Partial<WindowHandlers> = {},
) {
  let waiting = { pairings, requests }
  const answered = async ({ id }: { id: string }) => {
    waiting = {
      pairings: waiting.pairings.filter((one) => one.id !== id),
      requests: waiting.requests.filter((one) => one.id !== id),
    }
    fake.emit('agentAccess.changed', null)
    return null
  }
  const fake = createFakeBridge({
    installed,
    grants: [],
    overrides: {
      'agentAccess.waiting': async () => waiting,
      'agentAccess.connect': answered,
      'agentAccess.refuse': answered,
      'agentAccess.denyRequest': answered,
      'agentAccess.allowRun': answered,
      'agentAccess.allowShare': answered,
      'agentAccess.allowPublish': async ({ id }) => {
        await answered({ id })
        return { id: 'submission-1' }
      },
      ...overrides,
    },
  })
  return {
    fake,
    said: (name: string) => fake.calls.filter((call) => call.name === name).map(({ input }) => input),
  }
}
const enabled = (name: string) =>
  expect.poll(() => screen.getByRole<HTMLButtonElement>('button', { name }).disabled).toBe(false)

describe('an agent that would like to connect', () => {
  it('is shown with its program and its code, and gets no more than is left switched on', async () => {
    const { fake, said } = waitingFor([pairing()])
    const { user } = await openApp(fake)
    const dialog = await screen.findByRole('alertdialog', {
      name: 'Claude Code would like to connect to Skillet',
    })
    for (const words of ['482 913', 'claude', '/opt/claude/claude', '4711']) within(dialog).getByText(words)
    expect(within(dialog).queryByRole('note')).toBeNull()
    await user.click(within(dialog).getByRole('switch', { name: 'Run skills that you have approved' }))
    await enabled('Allow')
    await user.click(within(dialog).getByRole('button', { name: 'Allow' }))
    await screen.findByText('Claude Code is connected. You can remove it under Agents.')
    expect(said('agentAccess.connect')).toEqual([
      { id: 'pairing-1', scopes: ['catalog:read', 'skills:request'], days: 30 },
    ])
  })

  it('can’t be answered by a key or a click that was meant for something else', async () => {
    const { fake, said } = waitingFor([pairing()])
    await openApp(fake)
    const dialog = await screen.findByRole('alertdialog')
    const allow = within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Allow' })
    const deny = within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Don’t allow' })
    expect(dialog.contains(document.activeElement)).toBe(true)
    expect([allow, deny]).not.toContain(document.activeElement)
    await enabled('Allow')
    // The click that brings the window to the front.
    fireEvent.focus(window)
    expect([allow.disabled, deny.disabled]).toEqual([true, true])
    fireEvent.click(allow)
    fireEvent.click(deny)
    expect([said('agentAccess.connect'), said('agentAccess.refuse')]).toEqual([[], []])
  })

  it('is pointed out where its name is taken or nobody knows the program, and can be sent away', async () => {
    const peer = { pid: null, name: null, path: null }
    const { fake, said } = waitingFor([pairing({ nameTaken: true, peer })])
    const { user } = await openApp(fake)
    const dialog = await screen.findByRole('alertdialog')
    expect(within(dialog).getByRole('note').textContent).toContain('connected already')
    within(dialog).getByText('This computer doesn’t say which program asks.')
    await enabled('Don’t allow')
    await user.click(within(dialog).getByRole('button', { name: 'Don’t allow' }))
    await expect.poll(() => said('agentAccess.refuse')).toEqual([{ id: 'pairing-1' }])
  })

  it('waits for another decision to be made, and under Agents once it was put off', async () => {
    let pairings: Pairing[] = []
    const late = createFakeBridge({
      overrides: { 'agentAccess.waiting': async () => ({ pairings, requests: [] }) },
    })
    const { user } = await openApp(late)
    await user.click(await screen.findByRole('button', { name: 'Install CSV profile' }))
    await screen.findByRole('dialog', { name: 'Install CSV profile' })
    pairings = [pairing()]
    await act(async () => late.emit('agentAccess.changed', null))
    await expect.poll(() => late.calls.filter(({ name }) => name === 'agentAccess.waiting').length).toBe(2)
    expect(screen.queryByRole('alertdialog')).toBeNull()
    await user.keyboard('{Escape}')
    const dialog = await screen.findByRole('alertdialog')
    await user.click(within(dialog).getByRole('button', { name: 'Decide later' }))
    await user.click(screen.getByRole('link', { name: 'Agents' }))
    await user.click(
      await screen.findByRole('button', { name: 'Answer: Claude Code would like to connect to Skillet' }),
    )
    await screen.findByRole('alertdialog')
  })
})

describe('what a connected agent asks for', () => {
  it('is installed in the usual dialog, and refused there for the agent as well', async () => {
    const { fake, said } = waitingFor([], [request({ reason: 'To look at orders.' })])
    const { user } = await openApp(fake)
    const dialog = await screen.findByRole('alertdialog', {
      name: 'Claude Code would like to install CSV profile',
    })
    expect(dialog.textContent).toContain('To look at orders.')
    await enabled('See what it asks for')
    await user.click(within(dialog).getByRole('button', { name: 'See what it asks for' }))
    const install = await screen.findByRole('dialog', { name: 'Install CSV profile' })
    expect(said('agentAccess.denyRequest')).toEqual([])
    const questions = await within(install).findByRole('list', { name: 'What it may do' })
    for (const question of within(questions).getAllByRole('listitem'))
      await user.click(within(question).getByRole('radio', { name: 'Don’t allow' }))
    await user.click(within(install).getByRole('button', { name: 'Don’t install' }))
    await expect.poll(() => said('agentAccess.denyRequest')).toEqual([{ id: 'request-1' }])
  })

  it('runs with what the person sees, after what the skill itself still asks', async () => {
    const file = '/home/kim/orders.csv'
    const run = request({ kind: 'run', inputs: { file } })
    const { fake, said } = waitingFor([], [run], ['csv-profile'])
    const { user } = await openApp(fake)
    const dialog = await screen.findByRole('alertdialog', {
      name: 'Claude Code would like to run CSV profile',
    })
    within(dialog).getByText(file)
    await user.click(
      await within(dialog).findByRole('switch', { name: 'Don’t ask again for files from the same folder' }),
    )
    await enabled('Allow this run')
    await user.click(within(dialog).getByRole('button', { name: 'Allow this run' }))
    const asks = await screen.findByRole('dialog', { name: 'May CSV profile do this?' })
    expect(said('agentAccess.allowRun')).toEqual([])
    for (const question of within(
      await within(asks).findByRole('list', { name: 'What it may do' }),
    ).getAllByRole('listitem'))
      await user.click(within(question).getByRole('radio', { name: 'Allow' }))
    await user.click(within(asks).getByRole('button', { name: 'Allow and run' }))
    await expect.poll(() => said('agentAccess.allowRun')).toEqual([{ id: 'request-1', folder: true }])
  })

  it('shares a bundle for no longer than the person says', async () => {
    const share = request({ kind: 'share', slug: 'desk', version: null, title: 'Desk', days: 30 })
    const { fake, said } = waitingFor([], [share])
    const { user } = await openApp(fake)
    const dialog = await screen.findByRole('alertdialog', { name: 'Claude Code would like to share Desk' })
    await user.click(within(dialog).getByRole('button', { name: /For how long/ }))
    const choices = (await screen.findAllByRole('option')).map(({ textContent }) => textContent)
    expect(choices).toEqual(['1 day', '7 days', '30 days'])
    await user.click(screen.getByRole('option', { name: '7 days' }))
    await enabled('Share')
    await user.click(within(dialog).getByRole('button', { name: 'Share' }))
    await expect.poll(() => said('agentAccess.allowShare')).toEqual([{ id: 'request-1', days: 7 }])
  })

  it('is not submitted where the folder is no longer what was asked for', async () => {
    const publish = request({ kind: 'publish', folder: '/home/kim/csv-profile' })
    const { fake, said } = waitingFor([], [publish], [], {
      'agentAccess.lookAtFolder': async () => {
        throw new SkilletError('INTEGRITY_BROKEN', 'The folder is no longer what you were shown.')
      },
    })
    const { user } = await openApp(fake)
    const dialog = await screen.findByRole('alertdialog', {
      name: 'Claude Code would like to submit CSV profile for review',
    })
    await within(dialog).findByText('The folder is no longer what you were shown.')
    await enabled('Don’t submit')
    const submit = within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Submit for review' })
    expect(submit.disabled).toBe(true)
    await user.click(within(dialog).getByRole('button', { name: 'Don’t submit' }))
    await expect.poll(() => said('agentAccess.denyRequest')).toEqual([{ id: 'request-1' }])
  })
})
