import { act, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { keyWords, trustState } from '../../src/renderer/features/authority/trust-words.ts'
import { currencyWords } from '../../src/renderer/features/skill/provenance-words.ts'
import { SkilletError } from '../../src/shared/errors.ts'
import { createFakeBridge, trust } from '../support/renderer/fake-bridge.ts'
import { openApp } from '../support/renderer/render-app.tsx'

const now = new Date('2026-11-22T12:00:00Z')
const status = {
  ...trust,
  checkedAt: '2026-11-22T11:58:00Z',
  validUntil: '2026-11-29T12:00:00Z',
}
const unreachable = new SkilletError('REGISTRY_UNREACHABLE', 'The registry does not answer.').toPlain()
const rolledBack = new SkilletError('METADATA_ROLLBACK', 'The registry went back in time.').toPlain()

describe('words about the registry’s word', () => {
  it('are none while all is well, and none before anything was ever fetched', () => {
    expect(trustState(status, now)).toEqual({ kind: 'fine' })
    expect(trustState({ ...status, checkedAt: null, validUntil: null, problem: unreachable }, now)).toEqual({
      kind: 'fine',
    })
  })

  it('are one quiet line while only the connection is gone', () => {
    expect(trustState({ ...status, problem: unreachable }, now)).toEqual({
      kind: 'offline',
      text: 'The registry does not answer. What the registry said 2 minutes ago holds until 29 November.',
    })
  })

  it('are loud when its word ended, whether the check says so or only the clock', () => {
    const late = new Date('2026-12-01T00:00:00Z')
    expect(trustState(status, late)).toMatchObject({ kind: 'trouble' })
    expect(trustState({ ...status, problem: unreachable }, late)).toMatchObject({
      kind: 'trouble',
      text: 'Until this is put right, nothing installs and nothing runs.',
    })
  })

  it('are loud when a check found something wrong, which stops everything', () => {
    expect(trustState({ ...status, problem: rolledBack }, now)).toMatchObject({
      kind: 'trouble',
      title: 'The registry went back in time.',
      text: 'Until this is put right, nothing installs and nothing runs.',
    })
  })

  it('say what each key is good for', () => {
    const key = { since: '2026-03-01T00:00:00Z', until: '2026-10-01T00:00:00Z' }
    expect(keyWords({ ...key, status: 'active', until: null }, now).text).toBe('Signs skills since 1 March.')
    expect(keyWords({ ...key, status: 'retired' }, now).text).toContain('nothing new since 1 October')
    expect(keyWords({ ...key, status: 'compromised' }, now).tone).toBe('bad')
  })

  it('say whether a version is current, and plainly when nobody can', () => {
    const current = { checkedAt: status.checkedAt, validUntil: status.validUntil }
    expect(currencyWords(current, now)).toEqual({
      isCurrent: true,
      text: 'The registry confirmed this version 2 minutes ago. This holds until 29 November, even without a connection.',
    })
    for (const [word, at] of [
      [null, now],
      [current, new Date('2026-12-01T00:00:00Z')],
    ] as const)
      expect(currencyWords(word, at)).toMatchObject({ isCurrent: false })
  })
})

describe('the banner', () => {
  it('appears with the remedy when the lists expired, and goes when the next check succeeds', async () => {
    const expired = new SkilletError('METADATA_EXPIRED', 'The registry’s word is too old.').toPlain()
    const fake = createFakeBridge({
      installed: ['csv-profile'],
      trust: { ...trust, validUntil: '2026-11-01T00:00:00Z', problem: expired },
      overrides: { 'trust.refresh': async () => trust },
    })
    const { user } = await openApp(fake, '#/library')
    const banner = within(await screen.findByRole('alert'))
    expect(banner.getByText('The registry’s word is too old.')).toBeTruthy()
    expect(banner.getByText(/nothing installs and nothing runs. Connect to the internet/)).toBeTruthy()
    await user.click(banner.getByRole('button', { name: 'Try again' }))
    await waitFor(() => expect(fake.callsOf('trust.refresh')).toEqual([null]))
  })

  it('appears and goes with what main tells', async () => {
    const fake = createFakeBridge()
    await openApp(fake, '#/library')
    await screen.findByText('Your skills will be here')
    expect(screen.queryByRole('alert')).toBeNull()
    act(() => fake.emit('trust.changed', { ...trust, problem: rolledBack }))
    await screen.findByText('The registry went back in time.')
    act(() => fake.emit('trust.changed', { ...trust, problem: unreachable }))
    await screen.findByText(/^The registry does not answer/)
    expect(screen.queryByRole('alert')).toBeNull()
    act(() => fake.emit('trust.changed', trust))
    await waitFor(() => expect(screen.queryByText(/^The registry does not answer/)).toBeNull())
  })
})

describe('Settings: whose word Skillet takes', () => {
  it('says which registry, how fresh, whose keys, and the root for those who want it', async () => {
    const fake = createFakeBridge()
    const { user } = await openApp(fake, '#/settings')
    const section = within(await screen.findByRole('region', { name: 'Whose word Skillet takes' }))
    await section.findByText('http://127.0.0.1:8600')
    expect(section.getByText('2 minutes ago')).toBeTruthy()
    expect(section.getByText(/^Until .*even without a connection/)).toBeTruthy()
    expect(section.getByText('In use')).toBeTruthy()
    expect(section.getByText('Retired')).toBeTruthy()
    expect(section.getAllByText('7f1c')).toHaveLength(1)
    await user.click(section.getByRole('button', { name: 'Details' }))
    expect(section.getByText(/root, version 2. 2 of these 3 keys must agree/)).toBeTruthy()
    await user.click(section.getByRole('button', { name: 'Check now' }))
    await section.findByText('just now')
    expect(fake.callsOf('trust.refresh')).toEqual([null])
  })

  it('says why a check failed and tries again', async () => {
    let broken = true
    const fake = createFakeBridge({
      overrides: {
        'trust.refresh': async () => {
          if (broken) throw new SkilletError('CLOCK_WRONG', 'This computer’s clock is wrong.')
          return trust
        },
      },
    })
    const { user } = await openApp(fake, '#/settings')
    const section = within(await screen.findByRole('region', { name: 'Whose word Skillet takes' }))
    await user.click(section.getByRole('button', { name: 'Check now' }))
    const alert = within(await section.findByRole('alert'))
    expect(alert.getByText(/^Set this computer's date and time/)).toBeTruthy()
    broken = false
    await user.click(alert.getByRole('button', { name: 'Try again' }))
    await waitFor(() => expect(section.queryByRole('alert')).toBeNull())
  })
})
