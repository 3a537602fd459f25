import { expect, it } from 'vitest'
import { SkilletError } from '../../../src/shared/errors.ts'
import type { SkillReport } from '../../../src/shared/skill-report.ts'
import { runCliWith } from '../../support/cli-run.ts'

const id = '0b7c1d52-6a4e-4f7b-9c1d-2e3f4a5b6c7d'
const line = ['report', 'csv-profile', '--kind', 'malware', '--words', ' It sent my files away. ']

function registryOf(hasApiKey = false) {
  const sent: SkillReport[] = []
  const engine = {
    registryUrl: 'http://127.0.0.1:8600',
    hasApiKey,
    report: async (report: SkillReport) => {
      sent.push(report)
      return { id }
    },
  }
  return { engine, sent }
}

it('sends what stands on the line and nothing else, and says what happens next', async () => {
  const { engine, sent } = registryOf()
  const { status, stdout } = await runCliWith(line, engine)
  const report = {
    slug: 'csv-profile',
    version: '*',
    kind: 'malware',
    words: 'It sent my files away.',
    contact: null,
  }
  expect(sent).toEqual([report])
  expect(status).toBe(0)
  expect(stdout).toContain(id)
  expect(stdout).toContain('everybody who has it is warned')
  expect(stdout).not.toContain('whose account')
  const program = await runCliWith([...line, '--json'], engine)
  expect(program.json).toEqual({ ...report, id, registry: 'http://127.0.0.1:8600', account: false })
})

it('says that a key tells whose report it is', async () => {
  expect((await runCliWith(line, registryOf(true).engine)).stdout).toContain('whose account')
})

it.each([[['csv-profile@1.2.0']], [['csv-profile', '--version', '1.2.0']]])(
  '%j is about that version',
  async (which) => {
    const { engine, sent } = registryOf()
    const args = ['report', ...which, '--kind', 'other', '--words', 'x', '--contact', 'kim@example.com']
    expect((await runCliWith(args, engine)).status).toBe(0)
    expect(sent[0]).toMatchObject({ version: '1.2.0', contact: 'kim@example.com' })
  },
)

it.each([
  [['report', 'csv-profile', '--words', 'x']],
  [['report', 'csv-profile', '--kind', 'malware']],
  [['report', 'csv-profile', '--kind', 'annoying', '--words', 'x']],
  [['report', 'csv-profile', '--kind', 'malware', '--words', '  ']],
  [['report', 'csv-profile', '--kind', 'malware', '--words', 'x'.repeat(4001)]],
  [['report', 'csv-profile', '--version', 'newest', '--kind', 'malware', '--words', 'x']],
  [['report', 'Csv Profile', '--kind', 'malware', '--words', 'x']],
  // Skillet's own version in answer would pass for having done it.
  [['list', '--version', '1.2.0']],
])('%j exits 2 and sends nothing', async (argv) => {
  const { status, stdout, stderr } = await runCliWith(argv, {})
  expect(status).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toMatch(/^USAGE: \S.*\n\S/)
})

it.each(['REGISTRY_UNREACHABLE', 'RATE_LIMITED', 'NOT_FOUND'] as const)(
  'says what to do where it is %s',
  async (code) => {
    const { engine } = registryOf()
    const { status, stderr } = await runCliWith(line, {
      ...engine,
      report: () => Promise.reject(new SkilletError(code, 'It did not arrive.')),
    })
    expect(status).toBe(1)
    expect(stderr).toMatch(new RegExp(`^${code}: It did not arrive\\.\n\\S`))
  },
)
