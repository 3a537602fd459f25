import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkSkillPermissions } from '../../../../src/engine/policy/check-permissions.ts'
import { DEFAULT_POLICY } from '../../../../src/engine/policy/default-policy.ts'
import { guardWrite } from '../../../../src/engine/policy/guard-write.ts'
import { redactSecrets } from '../../../../src/engine/secrets/redact.ts'
import { parsePolicyText } from '../../../../src/shared/parse-managed-policy.ts'
import { policySchema } from '../../../../src/shared/policy.ts'

const text = readFileSync(join(import.meta.dirname, '../../../../docs/policy.md'), 'utf8')
const blocks = (language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))].map(([, block]) => block!)

let stateDir: string
beforeAll(() => {
  stateDir = join(realpathSync(mkdtempSync(join(tmpdir(), 'skillet-examples-'))), 'notes')
  mkdirSync(stateDir)
})
afterAll(() => rmSync(join(stateDir, '..'), { recursive: true, force: true }))

/** One line of the document, by itself. */
function evaluate(code: string): unknown {
  const scope = { checkSkillPermissions, guardWrite, redactSecrets, DEFAULT_POLICY, stateDir }
  // The documentation is as trusted as this test.
  // oxlint-disable-next-line typescript/no-implied-eval
  return (new Function(...Object.keys(scope), `return (${code})`) as (...values: unknown[]) => unknown)(
    ...Object.values(scope),
  )
}

describe('docs/policy.md', () => {
  const examples = blocks('js').flatMap((block) => block.trim().split('\n'))
  it('has examples of all three functions', () => {
    for (const name of ['checkSkillPermissions', 'guardWrite', 'redactSecrets'])
      expect(examples.filter((line) => line.startsWith(`${name}(`)).length).toBeGreaterThan(2)
  })

  it.each(examples)('%s', (line) => {
    const [code, claim] = line.split(' // ') as [string, string]
    const [, kind, value] = /^(→|throws) (.*)$/.exec(claim)!
    if (kind === '→') expect(evaluate(code)).toEqual(evaluate(value!))
    else expect(() => evaluate(code)).toThrowError(expect.objectContaining({ code: value }))
  })

  it('shows policies that are valid, the default as it is', () => {
    const examples = blocks('json')
    expect(examples).toHaveLength(3)
    policySchema.parse(JSON.parse(examples[0]!))
    expect(policySchema.parse(JSON.parse(examples[1]!))).toEqual(DEFAULT_POLICY)
    expect(parsePolicyText(examples[2]!)).toMatchObject({ ok: true })
  })
})
