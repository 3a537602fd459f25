import { act, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { goOnFrom, runWords } from '../../src/renderer/features/chains/chain-words.ts'
import { SkilletError } from '../../src/shared/errors.ts'
import { chainOf, chainRunOf, createFakeBridge, type FakeBridge } from '../support/renderer/fake-bridge.ts'
import { openApp } from '../support/renderer/render-app.tsx'

const slugs = ['extract-highlights', 'csv-profile', 'link-check']
const notes = chainOf('notes', slugs)
const { steps } = notes
const step = (name: RegExp) => screen.findByRole('listitem', { name })

describe('chains', () => {
  it('show their steps, and what stands in the way with what puts it right', async () => {
    const waiting = chainOf('notes', slugs, {
      steps: [
        { ...steps[0]!, problem: new SkilletError('NOT_INSTALLED', 'It is not installed.').toPlain() },
        {
          ...steps[1]!,
          problem: new SkilletError('PERMISSION_DENIED', 'You have not allowed it.').toPlain(),
        },
        { ...steps[2]!, problem: new SkilletError('SECRET_MISSING', 'Its key is missing.').toPlain() },
      ],
    })
    const fake = createFakeBridge({ installed: ['csv-profile'], grants: [], chains: [waiting] })
    const { user } = await openApp(fake, '#/chains')
    await user.click(await screen.findByRole('link', { name: 'Open Read a document and remember it' }))
    const left = await screen.findByRole('list', { name: 'What is left to do first' })
    expect(
      within(left)
        .getByRole('link', { name: /^Open Keys/ })
        .getAttribute('href'),
    ).toBe('#/keys')
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Run' }).disabled).toBe(true)
    await user.click(within(left).getByRole('button', { name: 'Answer for CSV profile' }))
    const dialog = await screen.findByRole('dialog', { name: 'May CSV profile do this?' })
    for (const radio of await within(dialog).findAllByRole('radio', { name: 'Allow' }))
      await user.click(radio)
    await user.click(within(dialog).getByRole('button', { name: 'Allow' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(fake.callsOf('grants.decide')).toHaveLength(1)
    await user.click(within(left).getByRole('button', { name: 'Install Extract highlights' }))
    await screen.findByRole('dialog', { name: 'Install Extract highlights' })
  })

  it('are added from a file and removed with a way back', async () => {
    const fake = createFakeBridge({
      chains: [{ ...notes, builtIn: true }],
      overrides: { 'dialog.choose': async () => '/home/kim/weekly.toml' },
    })
    const { user } = await openApp(fake, '#/chains')
    await screen.findByText('Comes with Skillet')
    expect(screen.queryByRole('button', { name: /^More about/ })).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Add a chain…' }))
    await waitFor(() => expect(window.location.hash).toBe('#/chain/weekly'))
    await user.click(screen.getByRole('link', { name: 'Chains' }))
    await user.click(await screen.findByRole('button', { name: /^More about/ }))
    await user.click(await screen.findByRole('menuitem', { name: 'Remove' }))
    await waitFor(() => expect(screen.getByRole('list', { name: 'Chains' }).children).toHaveLength(1))
    await user.click(await screen.findByRole('button', { name: 'Undo' }))
    await waitFor(() => expect(screen.getByRole('list', { name: 'Chains' }).children).toHaveLength(2))
  })

  it('run step by step, and go on from the step that failed', async () => {
    const tell = (
      to: FakeBridge,
      runId: string,
      states: Parameters<typeof chainRunOf>[2],
      state: 'running' | 'failed' | 'done',
    ) => to.emit('chain.changed', chainRunOf('notes', runId, states, state, steps))
    const starts: (string | null)[] = []
    const fake = createFakeBridge({
      installed: slugs,
      chains: [notes],
      runChain({ runId, resume }, to) {
        starts.push(resume)
        if (resume === null) tell(to, runId, ['done', 'running'], 'running')
        else tell(to, runId, ['kept', 'done', 'done'], 'done')
      },
    })
    const { user } = await openApp(fake, '#/chain/notes')
    await user.click(await screen.findByRole('button', { name: 'Run' }))
    expect((await step(/^Step 2: /)).getAttribute('aria-current')).toBe('step')
    within(await step(/^Step 1: /)).getByText(/^Done in/)
    screen.getByRole('button', { name: 'Stop' })
    expect(screen.getByText('1 running')).toBeTruthy()
    const failed = chainRunOf('notes', 'chain-run-1', ['done', 'failed'], 'failed', steps)
    const error = new SkilletError('STEP_FAILED', 'CSV profile ended with an error.').toPlain()
    const told = failed.steps.map((one) => (one.state === 'failed' ? { ...one, error } : one))
    act(() => fake.emit('chain.changed', { ...failed, steps: told, error }))
    // Said once, at the step that it is about.
    await within(await step(/^Step 2: /)).findByText('CSV profile ended with an error.')
    expect(screen.getAllByText('CSV profile ended with an error.')).toHaveLength(1)
    await user.click(screen.getByRole('button', { name: 'Go on from step 2' }))
    within(await step(/^Step 1: /)).getByText('Taken from the earlier run')
    await screen.findByText('Finished in 0.8 s')
    expect(starts).toEqual([null, 'chain-run-1'])
  })

  it('show what a step handed on and did, and earlier runs', async () => {
    const earlier = chainRunOf('notes', 'r1', ['done', 'failed'], 'failed', steps)
    const fake = createFakeBridge({ installed: slugs, chains: [notes], chainRuns: [earlier] })
    const { user } = await openApp(fake, '#/chain/notes')
    await user.click(await screen.findByRole('button', { name: /^Show the run of / }))
    const first = await step(/^Step 1: /)
    await user.click(within(first).getByRole('button', { name: 'What it made and did' }))
    expect(within(first).getByRole('region', { name: 'What it handed on' }).textContent).toContain('"step": ')
    within(first).getByText('What happened')
    await user.click(screen.getByRole('button', { name: 'Go on from step 2' }))
    await waitFor(() =>
      expect(fake.callsOf('chain.start')).toEqual([{ id: 'notes', inputs: {}, resume: 'r1' }]),
    )
  })

  it('offer to go on from a run once, and lead to the run that did', async () => {
    const failed = {
      ...chainRunOf('notes', 'r1', ['done', 'failed'], 'failed', steps),
      startedAt: '2026-11-01T10:00:00Z',
      continuedBy: 'r2',
    }
    const later = chainRunOf('notes', 'r2', ['kept', 'done', 'done'], 'done', steps)
    const fake = createFakeBridge({ installed: slugs, chains: [notes], chainRuns: [later, failed] })
    const { user } = await openApp(fake, '#/chain/notes')
    const [, shown] = await screen.findAllByRole('button', { name: /^Show the run of / })
    await user.click(shown!)
    await screen.findByText('Ended at step 2 of 3')
    expect(screen.queryByRole('button', { name: /^Go on/ })).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Show that run' }))
    await screen.findByText('Finished in 0.8 s')
    expect(screen.queryByRole('button', { name: 'Show that run' })).toBeNull()
  })

  it('show a run that this window has not started, and offer to stop it', async () => {
    const fake = createFakeBridge({ installed: slugs, chains: [notes] })
    const { user } = await openApp(fake, '#/chain/notes')
    await screen.findByRole('button', { name: 'Run' })
    act(() => fake.emit('chain.changed', chainRunOf('notes', 'r7', ['running'], 'running', steps)))
    expect((await step(/^Step 1: /)).getAttribute('aria-current')).toBe('step')
    expect(screen.queryByRole('button', { name: 'Run' })).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Stop' }))
    expect(fake.callsOf('chain.stop')).toEqual([{ runId: 'r7' }])
  })

  it('say why they were not started', async () => {
    const fake = createFakeBridge({
      chains: [notes],
      overrides: {
        'chain.start': async () => {
          throw new SkilletError('SECRET_MISSING', 'The key of the second step is missing.')
        },
      },
    })
    const { user } = await openApp(fake, '#/chain/notes')
    await user.click(await screen.findByRole('button', { name: 'Run' }))
    await screen.findByText('The key of the second step is missing.')
    screen.getByRole('link', { name: 'Open Keys' })
  })

  it('can go on only where something was done and something is left', () => {
    const run = (
      state: 'failed' | 'stopped' | 'done' | 'running',
      ...states: Parameters<typeof chainRunOf>[2]
    ) => chainRunOf('notes', 'r', states, state, steps)
    expect(goOnFrom(run('failed', 'failed'))).toBeNull()
    expect(goOnFrom(run('failed', 'done', 'failed'))).toBe(2)
    expect(goOnFrom(run('stopped', 'kept', 'done', 'failed'))).toBe(3)
    expect(goOnFrom(run('running', 'done', 'running'))).toBeNull()
    expect(goOnFrom(run('done', 'done', 'done', 'done'))).toBeNull()
    expect(runWords(run('stopped', 'done', 'failed')).title).toBe('Stopped by you at step 2 of 3')
  })
})
