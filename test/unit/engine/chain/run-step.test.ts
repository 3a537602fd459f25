import { expect, test } from 'vitest'
import type { ChainSkills } from '../../../../src/engine/chain/chain-skills.ts'
import { parseChain } from '../../../../src/engine/chain/parse-chain.ts'
import { runStep } from '../../../../src/engine/chain/run-step.ts'
import type { RunResult } from '../../../../src/shared/receipt.ts'
import { skillManifestSchema, type SkillManifest } from '../../../../src/shared/skill-manifest.ts'
import { runResult } from '../../../support/host-values.ts'

const manifest = skillManifestSchema.parse({
  schema: 1,
  slug: 'sample',
  version: '1.0.0',
  title: 'Sample',
  summary: 'x',
  publisher: 'skillet-labs',
  license: 'MIT',
  category: 'data',
  run: { command: ['sh'], inputs: { text: { type: 'string', title: 'Text' } } },
})
const chain = parseChain(
  `schema = 1
title = "T"
summary = "S"
[[steps]]
skill = "first"
[[steps]]
skill = "sample"
[steps.inputs]
text = { from = "first.a" }`,
  'x.toml',
)

/** Runs the second step with a skill that ends like this. */
function run(
  ended: Partial<RunResult>,
  { now = manifest, signal }: { now?: SkillManifest; signal?: AbortSignal } = {},
) {
  const given: unknown[] = []
  const skills: Pick<ChainSkills, 'run'> = {
    run: async (_, inputsFor) => {
      given.push(inputsFor(now))
      return runResult({ exitCode: 0, reason: 'exit', stdout: '{}', stderr: '', ...ended })
    },
  }
  const running = {
    chain,
    given: { values: {}, sha256: '', text: async () => '' },
    outputs: new Map<string, unknown>([['first', { a: [1] }]]),
    wasChosen: () => true,
  }
  const ports = { skills: skills as ChainSkills }
  const hooks = signal ? { signal } : {}
  return runStep(ports, running, chain.steps[1]!, manifest, hooks).then((end) => ({ ...end, given }))
}

test('a step gets what the earlier one printed, and hands on what it prints', async () => {
  const ended = await run({ stdout: ' {"b": "c"}\n', stderr: 'by the way' })
  expect(ended.given).toEqual([{ text: '[1]' }])
  expect(ended.value).toEqual({ b: 'c' })
  expect(ended.step).toMatchObject({ state: 'done', output: '{"b":"c"}', stderr: 'by the way', error: null })
})

const stopped = AbortSignal.abort()
test.each<[string, Partial<RunResult>, AbortSignal | undefined, string, string]>([
  ['an error', { exitCode: 3, stderr: 'a\nno luck\n' }, undefined, 'STEP_FAILED', 'It said: no luck'],
  ['its time limit', { reason: 'time', exitCode: null }, undefined, 'STEP_FAILED', 'it took longer than'],
  ['its memory limit', { reason: 'memory', exitCode: null }, undefined, 'STEP_FAILED', 'of memory'],
  ['its disk limit', { reason: 'disk', exitCode: null }, undefined, 'STEP_FAILED', 'to the disk'],
  ['too much output', { reason: 'output', exitCode: null }, undefined, 'STEP_FAILED', 'it printed more than'],
  ['the person', { reason: 'stopped', exitCode: null }, stopped, 'CANCELLED', 'stopped by you'],
  ['a withdrawal', { reason: 'stopped', exitCode: null }, undefined, 'REVOKED', 'it was withdrawn'],
])('a step that was ended by %s fails and says so', async (_, ended, signal, code, words) => {
  const { step, error, value } = await run(ended, signal ? { signal } : {})
  expect(error).toMatchObject({ code, message: expect.stringContaining(words) })
  expect(step).toMatchObject({ state: 'failed', output: null, error: { code } })
  expect(value).toBeNull()
})

test('another version than the one that was checked gets nothing', async () => {
  const { error, given } = await run({}, { now: { ...manifest, version: '1.1.0' } })
  expect(error).toMatchObject({
    code: 'STEP_FAILED',
    message: 'Sample was changed from 1.0.0 to 1.1.0 while the chain ran.',
  })
  expect(given).toEqual([])
})

test('a key is in nothing that is shown, and in what is handed on', async () => {
  const token = `ghp_${'a1B2'.repeat(9)}`
  const ended = await run({ stdout: JSON.stringify({ token }), stderr: `got ${token}` })
  expect(ended.value).toEqual({ token })
  expect(JSON.stringify([ended.step, ended.kept])).not.toContain(token)
  expect(ended.kept.isWhole).toBe(false)
  const failed = await run({ stdout: `${token} is no JSON` })
  expect(failed.error?.message).toContain('begins with: «REDACTED:GITHUB_TOKEN»')
})

test('a key at the end of what is shown of a message is not cut in two, and a message has an end', async () => {
  const key = 'AIzaSyA1bcD2efG3hiJ4klM5noP6qrS7tuV8wxY'
  const failed = await run({ exitCode: 1, stderr: `${'x '.repeat(90)}${key}` })
  expect(failed.error?.message).toContain('It said: x x')
  expect(failed.error?.message).not.toContain('AIza')
  const long = await run({}, { now: { ...manifest, version: `1.0.1-${'x'.repeat(4_000_000)}` } })
  expect(long.error?.message).toHaveLength(500)
})

test('no key is in what a refusal says either', async () => {
  const key = `ghp_${'a1B2'.repeat(9)}`
  const failed = await run({}, { now: { ...manifest, title: `Sample ${key}`, version: '1.1.0' } })
  expect(failed.error?.message).toContain('«REDACTED:GITHUB_TOKEN» was changed from')
})

test('a step whose output lies too deep fails', async () => {
  const { step, error, value } = await run({ stdout: '['.repeat(20_000) + ']'.repeat(20_000) })
  expect(error).toMatchObject({ code: 'STEP_FAILED' })
  expect(step).toMatchObject({ state: 'failed', output: null })
  expect(value).toBeNull()
})
