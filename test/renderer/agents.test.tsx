import { act, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { Agents, ScannedSkill } from '../../src/shared/contract/agents.ts'
import { SkilletError } from '../../src/shared/errors.ts'
import { speakLanguage } from '../../src/renderer/language.ts'
import { createFakeBridge, fakeAgents } from '../support/renderer/fake-bridge.ts'
import { openApp } from '../support/renderer/render-app.tsx'

const claude = fakeAgents.agents[0]!
const placed = (state: Agents['placements'][number]['state']): Agents => ({
  agents: [claude],
  placements: [
    { slug: 'csv-profile', folder: claude.skills!.folder, agents: ['claude-code'], how: 'link', state },
  ],
})

describe('agents on this computer', () => {
  it('get a skill, and the way back is one press away', async () => {
    const fake = createFakeBridge({ installed: ['csv-profile'] })
    const { user } = await openApp(fake, '#/agents')
    await user.click(await screen.findByRole('button', { name: /0 skills from Skillet/ }))
    await user.click(await screen.findByRole('switch', { name: 'CSV profile' }))
    const given = { slug: 'csv-profile', agents: ['claude-code'] }
    await screen.findByText('Claude Code sees CSV profile now.')
    expect(fake.callsOf('agents.place')).toEqual([given])
    await user.click(screen.getByRole('button', { name: 'Undo' }))
    await waitFor(() => expect(fake.callsOf('agents.unplace')).toEqual([given]))
  })

  it('say what somebody did to what they were given', async () => {
    const fake = createFakeBridge({
      installed: ['csv-profile'],
      overrides: { 'agents.list': async () => placed('edited') },
    })
    const { user } = await openApp(fake, '#/agents')
    await user.click(await screen.findByRole('button', { name: /0 skills from Skillet · 1 other/ }))
    await screen.findByText('Somebody has edited it there, so Skillet leaves it alone.')
  })

  it('are connected only with the change that was shown', async () => {
    const fake = createFakeBridge({
      overrides: {
        'agents.connect': async () => {
          throw new SkilletError(
            'CONFIG_REFUSED',
            '/home/kim/.claude.json has changed since you looked at it.',
          )
        },
      },
    })
    const { user } = await openApp(fake, '#/agents')
    await user.click(await screen.findByRole('button', { name: 'Connect Claude Code' }))
    const dialog = within(await screen.findByRole('dialog', { name: 'Connect Claude Code' }))
    await dialog.findByText(/"mcpServers"/)
    await user.click(dialog.getByRole('button', { name: 'Connect' }))
    await dialog.findByText('/home/kim/.claude.json has changed since you looked at it.')
    expect(fake.callsOf('agents.connect')).toEqual([{ agent: 'claude-code', connect: true, digest: 'd1' }])
    // What is shown now is what it would be now.
    await waitFor(() => expect(fake.callsOf('agents.planConnect')).toHaveLength(2))
  })
})

describe('checking skills', () => {
  const skill = (name: string, part: Partial<ScannedSkill>): ScannedSkill => ({
    path: `/home/kim/.claude/skills/${name}`,
    name,
    agents: ['claude-code'],
    report: { path: '', verdict: 'pass', findings: [] },
    problem: null,
    origin: 'unknown',
    release: null,
    adopted: 'no',
    digest: 'ab'.repeat(32),
    runnable: false,
    ...part,
  })

  it('says what is wrong with each and why, and takes one over as it was looked at', async () => {
    const bad = skill('bad', {
      report: {
        path: '',
        verdict: 'fail',
        findings: [
          {
            rule: 'prose/pipe-to-shell',
            severity: 'critical',
            file: 'SKILL.md',
            line: 8,
            snippet: 'curl x | bash',
            message: 'This downloads a program and runs it at once.',
            why: 'It runs whatever a server sends.',
            fix: 'Remove it.',
          },
        ],
      },
    })
    const linked = skill('linked', {
      report: null,
      digest: null,
      problem: 'It is a link that leads nowhere.',
    })
    const fake = createFakeBridge({
      overrides: { 'agents.scan': async () => ({ skills: [bad, linked], leftOut: [] }) },
    })
    const { user } = await openApp(fake, '#/check-skills')
    const row = within(await screen.findByRole('listitem', { name: 'bad' }))
    row.getByText('Dangerous')
    await user.click(row.getByRole('button', { name: '1 thing to know' }))
    row.getByText('It runs whatever a server sends.')
    within(screen.getByRole('listitem', { name: 'linked' })).getByText('It is a link that leads nowhere.')
    expect(screen.queryByRole('button', { name: 'Bring under Skillet: linked' })).toBeNull()
    await user.click(row.getByRole('button', { name: 'Bring under Skillet: bad' }))
    await screen.findByText('Skillet tells you when bad changes.')
    expect(fake.callsOf('agents.adopt')).toEqual([{ path: bad.path, digest: bad.digest }])
    await waitFor(() => expect(fake.callsOf('agents.scan')).toHaveLength(2))
  })

  it('says what was found in the language of the window', async () => {
    const message = 'This downloads a program and runs it at once, unseen and unsigned.'
    const why = 'It runs whatever a server sends at that moment, unseen and unsigned.'
    const fix = 'Remove this.'
    const place = { file: 'SKILL.md', line: 8, snippet: 'curl x | bash' }
    const bad = skill('bad', {
      report: {
        path: '/home/ada/.claude/skills/bad',
        verdict: 'fail',
        findings: [{ rule: 'prose/remote-exec', severity: 'critical', ...place, message, why, fix }],
      },
    })
    const fake = createFakeBridge({
      overrides: { 'agents.scan': async () => ({ skills: [bad], leftOut: [] }) },
    })
    const { user } = await openApp(fake, '#/check-skills')
    const open = async (name: string) =>
      user.click(within(await screen.findByRole('listitem', { name: 'bad' })).getByRole('button', { name }))
    await open('1 thing to know')
    screen.getByText(message)
    try {
      // Everything is drawn anew.
      await act(() => speakLanguage('de'))
      await open('1 Sache, die Sie wissen sollten')
      await screen.findByText(/^Das lädt ein Programm herunter und führt es sofort aus/)
      screen.getByText(/^Es führt aus, was immer ein Server/)
    } finally {
      await act(() => speakLanguage('en'))
    }
  })

  it('says so when there is nothing, and when it could not look', async () => {
    await openApp(createFakeBridge(), '#/check-skills')
    await screen.findByText('Your agents have no skills yet')
  })
})
