import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { Grant } from '../../src/shared/contract/overview.ts'
import { SkilletError } from '../../src/shared/errors.ts'
import { emptyReceipt, runResult } from '../support/host-values.ts'
import { createFakeBridge } from '../support/renderer/fake-bridge.ts'
import { openApp } from '../support/renderer/render-app.tsx'

const grantOf = (capability: Grant['capability'], life: Grant['life']): Grant => ({
  slug: 'csv-profile',
  capability,
  decision: 'allow',
  life,
  scope: capability === 'fs:read' ? ['input:file'] : ['reports'],
  capabilityDigest: '00'.repeat(32),
  decidedAt: '2026-11-12T10:00:00Z',
  by: 'window',
})

describe('run page', () => {
  it('says what is missing, puts the focus there, and runs once the file is chosen', async () => {
    const fake = createFakeBridge({ installed: ['csv-profile'] })
    const { user } = await openApp(fake, '#/run/csv-profile')
    const form = await screen.findByRole('form', { name: 'Run CSV profile' })
    await user.click(within(form).getByRole('button', { name: 'Run' }))
    expect(within(form).getByText('Choose a file.')).toBeTruthy()
    expect(fake.callsOf('run.start')).toEqual([])
    const choose = within(form).getByRole('button', { name: 'Choose file… CSV file' })
    expect(document.activeElement).toBe(choose)

    await user.click(choose)
    await within(form).findByText('/home/kim/Documents/orders-2026.csv')
    expect(fake.callsOf('dialog.choose')).toEqual([
      { kind: 'file', title: 'CSV file', extensions: ['csv', 'tsv'] },
    ])
    expect(within(form).queryByText('Choose a file.')).toBeNull()
    await user.click(within(form).getByRole('button', { name: 'Run' }))
    await screen.findByText('What happened')
    expect(fake.callsOf('run.start')).toEqual([
      {
        slug: 'csv-profile',
        inputs: { file: '/home/kim/Documents/orders-2026.csv', header: 'auto', outliers: true },
      },
    ])
  })

  it('runs with Ctrl and Enter, and "Run again" and "Change inputs" keep the inputs', async () => {
    const fake = createFakeBridge({ installed: ['extract-highlights'] })
    const { user } = await openApp(fake, '#/run/extract-highlights')
    await user.type(await screen.findByLabelText('Text'), 'a long text')
    await user.keyboard('{Control>}{Enter}{/Control}')
    await screen.findByText('What happened')
    await user.click(screen.getByRole('button', { name: 'Run again' }))
    await waitFor(() => expect(fake.callsOf('run.start').length).toBe(2))
    expect(fake.callsOf('run.start')[1]).toEqual({
      slug: 'extract-highlights',
      inputs: { text: 'a long text' },
    })
    await user.click(await screen.findByRole('button', { name: 'Change inputs' }))
    expect((await screen.findByLabelText<HTMLTextAreaElement>('Text')).value).toBe('a long text')
    await user.click(screen.getByRole('button', { name: 'Cancel' }))
    await screen.findByText('What happened')
    expect(fake.callsOf('run.start').length).toBe(2)
  })

  it('stops a run that was stopped before it had begun', async () => {
    let begin: () => void = () => {}
    const fake = createFakeBridge({
      installed: ['extract-highlights'],
      overrides: {
        'run.start': () => new Promise((resolve) => (begin = () => resolve({ runId: 'run-9' }))),
        'run.stop': async () => null,
      },
    })
    const { user } = await openApp(fake, '#/run/extract-highlights')
    await user.type(await screen.findByLabelText('Text'), 'x')
    expect(screen.queryByRole('button', { name: 'Cancel' })).toBeNull()
    await user.keyboard('{Control>}{Enter}{/Control}')
    await user.click(await screen.findByRole('button', { name: 'Stop' }))
    await screen.findByRole('button', { name: /Stopping/ })
    expect(fake.callsOf('run.stop')).toEqual([])
    begin()
    await waitFor(() => expect(fake.callsOf('run.stop')).toEqual([{ runId: 'run-9' }]))
  })

  it('shows output as it comes, stops, and says who stopped it', async () => {
    const fake = createFakeBridge({
      installed: ['extract-highlights'],
      run: ({ runId }, to) => to.emit('run.output', { runId, stream: 'stdout', text: 'first line\n' }),
    })
    const { user } = await openApp(fake, '#/run/extract-highlights')
    await user.type(await screen.findByLabelText('Text'), 'x')
    await user.keyboard('{Control>}{Enter}{/Control}')
    await screen.findByText(/first line/)
    fake.emit('run.output', { runId: 'run-1', stream: 'stdout', text: 'second line\n' })
    await screen.findByText(/second line/)
    await user.click(screen.getByRole('button', { name: 'Stop' }))
    await screen.findAllByText(/Stopped by you/)
    expect(fake.callsOf('run.stop')).toEqual([{ runId: 'run-1' }])
  })

  it('keeps a run going while the person looks elsewhere', async () => {
    const fake = createFakeBridge({ installed: ['extract-highlights'], run: () => {} })
    const { user } = await openApp(fake, '#/run/extract-highlights')
    await user.type(await screen.findByLabelText('Text'), 'x')
    await user.keyboard('{Control>}{Enter}{/Control}')
    await screen.findByRole('button', { name: 'Stop' })
    await user.click(screen.getByRole('link', { name: /Activity/ }))
    await screen.findByRole('heading', { name: 'Activity' })
    expect(screen.getByText('1 running')).toBeTruthy()
    fake.emit('run.output', { runId: 'run-1', stream: 'stdout', text: 'said meanwhile\n' })
    fake.emit('run.finished', {
      runId: 'run-1',
      result: runResult({ stdout: 'said meanwhile\n' }),
      error: null,
    })
    window.location.hash = '#/run/extract-highlights'
    await screen.findByText(/said meanwhile/)
    expect(screen.getAllByText('Finished in 0.8 s').length).toBeGreaterThan(0)
  })

  it('shows the receipt, opens written files, and reports what could not be opened', async () => {
    const fake = createFakeBridge({
      installed: ['extract-highlights'],
      overrides: {
        'file.show': async ({ how }) => {
          if (how === 'open') throw new SkilletError('FORBIDDEN', 'Programs are not opened from here.')
          return null
        },
      },
      run: ({ runId }, to) =>
        to.emit('run.finished', {
          runId,
          error: null,
          result: runResult({
            receipt: {
              ...emptyReceipt,
              written: ['/home/kim/state/reports/report.html'],
              refused: [
                { kind: 'connect', what: 'stats.example.net:443', why: 'You never allowed it', times: 1 },
              ],
            },
          }),
        }),
    })
    const { user } = await openApp(fake, '#/run/extract-highlights')
    await user.type(await screen.findByLabelText('Text'), 'x')
    await user.keyboard('{Control>}{Enter}{/Control}')
    await screen.findByText('What happened')
    expect(screen.getByText('a connection to stats.example.net')).toBeTruthy()
    expect(screen.getByText('You never allowed it. Nothing was sent.')).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Show in folder: report.html' }))
    await user.click(screen.getByRole('button', { name: 'Open report.html' }))
    await screen.findByText('Programs are not opened from here.')
    expect(fake.callsOf('file.show')).toEqual([
      { path: '/home/kim/state/reports/report.html', how: 'reveal' },
      { path: '/home/kim/state/reports/report.html', how: 'open' },
    ])
  })

  it('says why a run was refused before it started, and where to put it right', async () => {
    const fake = createFakeBridge({
      installed: ['extract-highlights'],
      run: ({ runId }, to) =>
        to.emit('run.finished', {
          runId,
          result: null,
          error: {
            code: 'SECRET_MISSING',
            message: 'The key is missing.',
            remedy: 'Add the key under Keys.',
          },
        }),
    })
    const { user } = await openApp(fake, '#/run/extract-highlights')
    await user.type(await screen.findByLabelText('Text'), 'x')
    await user.keyboard('{Control>}{Enter}{/Control}')
    await screen.findByText('The key is missing.')
    expect(screen.getByText('It did not start.')).toBeTruthy()
    expect(screen.getByRole('link', { name: 'Open Keys' }).getAttribute('href')).toBe('#/keys')
    expect(screen.queryByText('What happened')).toBeNull()
  })

  it('asks again for what was allowed just once, and runs as soon as it is allowed', async () => {
    const fake = createFakeBridge({
      installed: ['csv-profile'],
      grants: [grantOf('fs:write', 'always')],
      used: [grantOf('fs:read', 'once')],
    })
    const { user } = await openApp(fake, '#/run/csv-profile')
    await user.click(await screen.findByRole('button', { name: 'Choose file… CSV file' }))
    await user.click(screen.getByRole('button', { name: 'Run' }))
    const dialog = await screen.findByRole('dialog', { name: 'May CSV profile do this?' })
    within(dialog).getByText('You allowed this just once. Allow it again?')
    expect(within(dialog).getAllByRole('listitem')).toHaveLength(1)
    const go = within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Allow and run' })
    expect(go.disabled).toBe(true)
    expect(fake.callsOf('run.start')).toEqual([])
    await user.click(within(dialog).getByRole('radio', { name: 'Allow' }))
    await user.click(go)
    await screen.findByText('What happened')
    expect(fake.callsOf('grants.decide')).toEqual([
      { slug: 'csv-profile', decisions: { 'fs:read': { decision: 'allow', life: 'always' } } },
    ])
    expect(fake.callsOf('run.start')).toHaveLength(1)
  })

  it('remembers that a question was answered with no, and runs nothing', async () => {
    const fake = createFakeBridge({ installed: ['csv-profile'], grants: [grantOf('fs:write', 'always')] })
    const { user } = await openApp(fake, '#/run/csv-profile')
    await user.click(await screen.findByRole('button', { name: 'Choose file… CSV file' }))
    await user.click(screen.getByRole('button', { name: 'Run' }))
    const dialog = await screen.findByRole('dialog', { name: 'May CSV profile do this?' })
    await user.click(within(dialog).getByRole('radio', { name: 'Don’t allow' }))
    await user.click(within(dialog).getByRole('button', { name: 'Don’t run it' }))
    await screen.findByText('CSV profile was not run. Skillet will remember your answer.')
    expect(fake.callsOf('grants.decide')).toEqual([
      { slug: 'csv-profile', decisions: { 'fs:read': { decision: 'deny', life: 'always' } } },
    ])
    expect(fake.callsOf('run.start')).toEqual([])
  })

  it('asks on the page where a run was refused because something was taken back meanwhile', async () => {
    let allowed = true
    const ask = {
      capability: 'net' as const,
      title: 'Connect to a.example',
      reason: '',
      limit: '',
      scope: [],
    }
    const fake = createFakeBridge({
      installed: ['extract-highlights'],
      overrides: {
        'grants.asks': async () => [
          {
            ...ask,
            decided: allowed ? ('allow' as const) : null,
            life: allowed ? ('always' as const) : null,
          },
        ],
        'grants.decide': async () => {
          allowed = true
          return null
        },
      },
      run: ({ runId }, to) => {
        const error = new SkilletError('PERMISSION_DENIED', 'You have not allowed it.').toPlain()
        to.emit(
          'run.finished',
          allowed ? { runId, result: runResult(), error: null } : { runId, result: null, error },
        )
      },
    })
    const { user } = await openApp(fake, '#/run/extract-highlights')
    await user.type(await screen.findByLabelText('Text'), 'x')
    // By the command line, which this window has not heard of.
    allowed = false
    await user.keyboard('{Control>}{Enter}{/Control}')
    await user.click(await screen.findByRole('button', { name: 'Answer and run' }))
    const dialog = await screen.findByRole('dialog', { name: /^May / })
    await user.click(await within(dialog).findByRole('radio', { name: 'Allow' }))
    await user.click(within(dialog).getByRole('button', { name: 'Allow and run' }))
    await screen.findByText('What happened')
    expect(fake.callsOf('run.start')).toHaveLength(2)
  })

  it('lays out output that is one JSON document, and copies it as it was written', async () => {
    const stdout = '{"id":12345678901234567890,"tags":[]}'
    const fake = createFakeBridge({
      installed: ['extract-highlights'],
      run: ({ runId }, to) => to.emit('run.finished', { runId, error: null, result: runResult({ stdout }) }),
    })
    const { user } = await openApp(fake, '#/run/extract-highlights')
    await user.type(await screen.findByLabelText('Text'), 'x')
    await user.keyboard('{Control>}{Enter}{/Control}')
    const output = await screen.findByRole('log', { name: 'Text of the output' })
    expect(output.textContent).toBe('{\n  "id": 12345678901234567890,\n  "tags": []\n}')
    await user.click(screen.getByRole('button', { name: 'Copy output' }))
    await screen.findByText('Copied')
    expect(await navigator.clipboard.readText()).toBe(stdout)
  })

  it('says so when the skill is not installed', async () => {
    await openApp(createFakeBridge(), '#/run/link-check')
    await screen.findByRole('heading', { name: 'Not in your Library' })
  })
})
