import { expect, it } from 'vitest'
import { runCliWith } from '../../support/cli-run.ts'
import { runResult, skillManifest } from '../../support/host-values.ts'
import { installedSkill } from '../../support/installed-skill.ts'

const onHold = { words: 'Reported as malware.', since: '2026-11-22T09:00:00Z' }
const { slug, version } = skillManifest
const engine = {
  installed: () => Promise.resolve([installedSkill({ onHold })]),
  verify: () =>
    Promise.resolve({
      ok: true,
      skills: [{ slug, version, ok: true, changed: [], missing: [], extra: [] }],
    }),
  asks: () => Promise.resolve([]),
  run: () => Promise.resolve(runResult()),
}

it.each([[['list']], [['verify']], [['run', slug, '--input', 'file=a.csv']]])(
  '%j warns on stderr, goes on, and carries it under --json',
  async (args) => {
    const person = await runCliWith(args, engine)
    expect(person.stderr).toContain('is on hold since 2026-11-22T09:00:00Z')
    expect(person.stderr).toContain('Reported as malware.')
    expect(person.status).toBe(0)
    const program = await runCliWith([...args, '--json'], engine)
    expect(JSON.stringify(program.json)).toContain(JSON.stringify({ onHold }).slice(1, -1))
    expect(program.stderr).toBe('')
  },
)
