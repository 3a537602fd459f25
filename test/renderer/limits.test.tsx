import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import {
  ceilingState,
  furtherLimits,
  switchState,
  withCeiling,
  withSwitch,
} from '../../src/renderer/features/settings/limits.ts'
import { SkilletError } from '../../src/shared/errors.ts'
import { fixSteps } from '../../src/renderer/ui/fix-steps.tsx'
import { createFakeBridge } from '../support/renderer/fake-bridge.ts'
import { openApp } from '../support/renderer/render-app.tsx'

describe('limits for all skills', () => {
  it('name nothing where nothing is limited, and leave alone what is not shown', () => {
    const off = withSwitch({ net_hosts: ['a.example'] }, 'net', false)
    expect(off).toEqual({
      net_hosts: ['a.example'],
      capabilities: ['fs:read', 'fs:write', 'env:read', 'exec'],
    })
    expect(withSwitch(off, 'net', true)).toEqual({ net_hosts: ['a.example'] })
    const short = withCeiling({ limits: { runs_per_day: 5 } }, 'timeout_s', '10')
    expect(short).toEqual({ limits: { runs_per_day: 5, timeout_s: 10 } })
    expect(withCeiling({ limits: { timeout_s: 10 } }, 'timeout_s', 'none')).toEqual({})
    expect(furtherLimits({ net_hosts: ['a.example'], secrets: [], limits: { runs_per_day: 5 } })).toEqual([
      'Connections only to a.example.',
      'No keys at all.',
      'At most 5 runs a day of each skill.',
    ])
  })

  it('are locked where administrators say less', () => {
    const managed = { capabilities: [], fs_write_roots: [], limits: { timeout_s: 60 } }
    expect(switchState('net', {}, managed)).toEqual({ on: false, locked: true })
    expect(switchState('net', { capabilities: [] }, null)).toEqual({ on: false, locked: false })
    const { choices, locked } = ceilingState('timeout_s', {}, managed)
    expect(locked).toBe('1 min')
    expect(choices.map(({ label }) => label)).toEqual([
      '10 s',
      '30 s',
      'What each skill asks for, 1 min at most',
    ])
    // What a file names is among the choices.
    expect(ceilingState('memory_mb', { limits: { memory_mb: 300 } }, null)).toMatchObject({ value: '300' })
  })

  it('change at once and can be undone', async () => {
    const fake = createFakeBridge()
    const { user } = await openApp(fake, '#/settings')
    const online = await screen.findByRole<HTMLInputElement>('switch', { name: 'Go online' })
    await user.click(online)
    await screen.findByText('No skill can connect to anything.')
    await user.click(screen.getByRole('button', { name: 'Undo' }))
    await waitFor(() => expect(screen.queryByText('No skill can connect to anything.')).toBeNull())
    expect(fake.callsOf('policy.set')).toEqual([
      { user: { capabilities: ['fs:read', 'fs:write', 'env:read', 'exec'] } },
      { user: {} },
    ])
    await user.click(screen.getByRole('button', { name: /Longest time of a run/ }))
    await user.click(await screen.findByRole('option', { name: '30 s' }))
    await waitFor(() =>
      expect(fake.callsOf('policy.set')[2]).toEqual({ user: { limits: { timeout_s: 30 } } }),
    )
  })

  it('that can’t be read say so and offer to start over', async () => {
    let broken = true
    const fake = createFakeBridge({
      overrides: {
        'policy.get': async () => ({
          user: {},
          managed: null,
          problem: broken
            ? new SkilletError('POLICY_INVALID', 'Your own policy is not valid: it is not JSON.').toPlain()
            : null,
        }),
        'policy.set': async () => {
          broken = false
          return null
        },
      },
    })
    const { user } = await openApp(fake, '#/settings')
    await screen.findByText('Your own policy is not valid: it is not JSON.')
    await user.click(screen.getByRole('button', { name: 'Start over without limits' }))
    await screen.findByRole('switch', { name: 'Go online' })
    expect(fake.callsOf('policy.set')).toEqual([{ user: {} }])
  })

  it('of administrators that can’t be read leave no way around them', async () => {
    const fake = createFakeBridge({
      overrides: {
        'policy.get': async () => {
          throw new SkilletError('POLICY_INVALID', 'The administrators’ policy is not valid.')
        },
      },
    })
    await openApp(fake, '#/settings')
    await screen.findByText('The administrators’ policy is not valid.')
    expect(screen.queryByRole('button', { name: 'Start over without limits' })).toBeNull()
  })
})

describe('the wall around skills', () => {
  it('names each sandbox, and has the command that brings what is missing ready to copy', async () => {
    const { user } = await openApp(createFakeBridge(), '#/settings')
    const list = await screen.findByRole('list', { name: 'Sandboxes' })
    within(list).getByText('firejail is not installed.')
    await user.click(within(list).getByRole('button', { name: 'How to get it' }))
    await user.click(within(list).getByRole('button', { name: 'Copy sudo apt install firejail' }))
    expect(await navigator.clipboard.readText()).toBe('sudo apt install firejail')
  })

  it('tells commands from words', () => {
    expect(fixSteps('Install it with: sudo apt install x\n\nThen sign out.\nsudo sysctl -w a=1')).toEqual([
      { text: 'Install it with:', command: 'sudo apt install x' },
      { text: 'Then sign out.', command: null },
      { text: '', command: 'sudo sysctl -w a=1' },
    ])
  })
})
