import { describe, expect, it } from 'vitest'
import type { Engine } from '../../../src/engine/api.ts'
import type { AgentId, ConfigChange, PlacePlan, ScanReport } from '../../../src/shared/contract/agents.ts'
import { runCliWith } from '../../support/cli-run.ts'

const plan: PlacePlan = {
  slug: 'csv-profile',
  version: '1.0.0',
  shown: ['SKILL.md'],
  kept: ['scripts/run.py'],
  places: [{ folder: '/a/skills', agents: ['codex'], how: 'copy', done: false, taken: null }],
}
const change: ConfigChange = {
  agent: 'codex',
  file: '/a/config.toml',
  isNew: true,
  digest: 'd1',
  diff: [{ kind: 'added', text: '[mcp_servers.skillet]' }],
}
const scanned: ScanReport = {
  skills: [
    {
      path: '/a/skills/bad\u001b[2J',
      name: 'bad',
      agents: ['codex'],
      report: { path: '', verdict: 'fail', findings: [] },
      problem: null,
      origin: 'unknown',
      release: null,
      adopted: 'changed',
      digest: 'ab',
      runnable: false,
    },
  ],
  leftOut: ['/a/skills/x has no SKILL.md.'],
}

function desk() {
  const done: unknown[] = []
  const engine: Partial<Engine> = {
    planPlace: async () => plan,
    placeSkill: async (slug: string, agents: readonly AgentId[]) => void done.push(['place', slug, agents]),
    unplaceSkill: async (slug: string, agents: readonly AgentId[]) =>
      void done.push(['unplace', slug, agents]),
    planConnection: async () => change,
    changeConnection: async (agent: AgentId, connect: boolean, digest: string) =>
      void done.push([agent, connect, digest]),
    scanAgents: async () => scanned,
    adoptSkill: async (path: string, digest: string) => void done.push(['adopt', path, digest]),
  }
  return { done, engine }
}

describe('skillet agents', () => {
  it('puts a skill in place, or only says so', async () => {
    const { done, engine } = desk()
    const place = ['agents', 'place', 'csv-profile', '--agent', 'codex', '--agent', 'cursor']
    const dry = await runCliWith([...place, '--dry-run', '--json'], engine)
    expect(dry.json).toEqual({ ...plan, written: false })
    expect(done).toEqual([])
    expect((await runCliWith(place, engine)).stdout).toContain('What stays with Skillet: scripts/run.py')
    await runCliWith(['agents', 'unplace', 'csv-profile', '--agent', 'codex'], engine)
    expect(done).toEqual([
      ['place', 'csv-profile', ['codex', 'cursor']],
      ['unplace', 'csv-profile', ['codex']],
    ])
  })

  it('shows the change to an agent’s settings and makes it only with a yes', async () => {
    const { done, engine } = desk()
    const nobody = await runCliWith(['agents', 'connect', 'codex'], engine)
    expect([nobody.status, nobody.stderr]).toEqual([2, expect.stringContaining('USAGE')])
    const no = await runCliWith(['agents', 'connect', 'codex'], engine, { tty: true, stdin: 'n\n' })
    expect([no.status, no.stderr]).toEqual([1, expect.stringContaining('CANCELLED')])
    await runCliWith(['agents', 'disconnect', 'codex', '--dry-run', '--yes'], engine)
    expect(done).toEqual([])
    const yes = await runCliWith(['agents', 'connect', 'codex'], engine, { tty: true, stdin: 'y\n' })
    expect(yes.stdout).toContain('+ [mcp_servers.skillet]')
    expect((await runCliWith(['agents', 'disconnect', 'codex', '--yes', '--json'], engine)).json).toEqual({
      ...change,
      written: true,
    })
    expect(done).toEqual([
      ['codex', true, 'd1'],
      ['codex', false, 'd1'],
    ])
  })

  it('ends with 1 where a skill is dangerous, and lets no name command the terminal', async () => {
    const { engine } = desk()
    const { status, stdout } = await runCliWith(['agents', 'scan'], engine)
    expect(status).toBe(1)
    expect(stdout).not.toContain('\u001b')
    expect(stdout).toContain('CHANGED since you brought it under Skillet.')
    expect(stdout).toContain('Not looked at: /a/skills/x has no SKILL.md.')
    expect((await runCliWith(['agents', 'scan', '--json'], engine)).json).toEqual(scanned)
  })

  it('adopts what somebody has looked at: by its digest, or after being asked', async () => {
    const { done, engine } = desk()
    await runCliWith(['agents', 'adopt', '/a/skills/b', '--sha256', 'cd'], engine)
    const path = '/a/skills/bad\u001b[2J'
    await runCliWith(['agents', 'adopt', path], engine, { tty: true, stdin: 'y\n' })
    expect((await runCliWith(['agents', 'adopt', path], engine)).status).toBe(2)
    expect((await runCliWith(['agents', 'adopt', '/elsewhere'], engine)).stderr).toContain('NOT_FOUND')
    expect(done).toEqual([
      ['adopt', '/a/skills/b', 'cd'],
      ['adopt', path, 'ab'],
    ])
  })

  it('knows its agents', async () => {
    const { engine } = desk()
    const { status, stderr } = await runCliWith(
      ['agents', 'place', 'csv-profile', '--agent', 'clippy'],
      engine,
    )
    expect([status, stderr]).toEqual([2, expect.stringContaining('There is no agent named clippy.')])
  })
})
