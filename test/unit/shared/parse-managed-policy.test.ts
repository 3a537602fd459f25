import { describe, expect, it } from 'vitest'
import type { ManagedPolicy } from '../../../src/shared/managed-policy.ts'
import {
  parsePolicyStrings,
  parsePolicyText,
  problemsInWords,
  toPolicyStrings,
} from '../../../src/shared/parse-managed-policy.ts'
import { wholePolicy } from '../../support/managed-policies.ts'

const problemsOf = (text: string) => {
  const parsed = parsePolicyText(text)
  return parsed.ok ? [] : parsed.problems
}

describe('parsePolicyText', () => {
  it('reads a policy with every key, and one without any', () => {
    expect(parsePolicyText(JSON.stringify(wholePolicy, null, 2))).toEqual({ ok: true, policy: wholePolicy })
    expect(parsePolicyText('{}')).toEqual({ ok: true, policy: {} })
    expect(parsePolicyText('\ufeff{}')).toEqual({ ok: true, policy: {} })
  })

  it('names the key and the line of everything that is wrong', () => {
    const text = `{
  "organisation": "Example Ltd",
  "registries": [
    { "url": "https://skills.example.com" },
    { "url": "http://skills.example.com",
      "pinned": true }
  ],
  "telemetry": "of",
  "colour": "red"
}`
    expect(problemsOf(text).map(({ key, line }) => [key, line])).toEqual([
      ['registries.1.url', 5],
      ['registries.1.pinned', 6],
      ['telemetry', 8],
      ['colour', 9],
    ])
    expect(problemsInWords(problemsOf(text))).toContain(
      'registries.1.pinned (line 6): no policy has this key',
    )
  })

  it('tells the line where it stops being JSON', () => {
    expect(problemsOf('{\n  "telemetry": "off",\n}')).toEqual([
      { key: '', line: 3, message: 'it is not JSON' },
    ])
    expect(problemsOf('{\n"a": ')[0]?.line).toBe(2)
    expect(problemsOf('')).toMatchObject([{ message: 'it is not JSON' }])
  })

  it('refuses a key that stands there twice, of which JSON.parse takes the second', () => {
    const text = '{ "telemetry": "off",\n  "telemetry": "on" }'
    expect(JSON.parse(text)).toEqual({ telemetry: 'on' })
    expect(problemsOf(text)).toEqual([{ key: 'telemetry', line: 2, message: 'stands there twice' }])
    expect(problemsOf('{ "ceiling": {}, "c\\u0065iling": {} }')).toMatchObject([{ key: 'ceiling' }])
  })

  it('refuses what is nested without end, and names that are not its own', () => {
    expect(problemsOf('['.repeat(5000) + ']'.repeat(5000))).toMatchObject([
      { message: 'it is nested too deeply' },
    ])
    expect(problemsOf('{ "__proto__": { "telemetry": "on" } }')).not.toEqual([])
    expect(problemsOf('{ "constructor": {} }')).not.toEqual([])
  })

  const wrong: Record<string, unknown> = {
    organisation: 'Example\nManaged by nobody',
    support: { email: 'help' },
    language: 'fr',
    branding: { accent: 'red' },
    registries: [{ url: 'https://user:secret@skills.example.com' }],
    publishers: { allow: ['*'] },
    skills: { block: ['csv-profile@^1.0.0'] },
    ceiling: { capabilities: ['net'], fs_write_roots: [], net_hosts: ['*'] },
    unsigned: false,
    key_storage: ['file'],
    telemetry: 'maybe',
    updates: { mode: 'pinned' },
    agents: { allow: ['claude'] },
    bridge: { token_days: 0 },
    certificates: { mode: 'add', authorities: ['/etc/ssl/ca.pem'] },
    proxy: { url: 'http://user:password@proxy.example.com:3128' },
  }
  it.each(Object.entries(wrong))('refuses a wrong %s', (key, value) => {
    expect(problemsOf(JSON.stringify({ [key]: value }))[0]?.key).toMatch(new RegExp(`^${key}`))
  })

  it('takes no key in place of where it is', () => {
    const problems = problemsOf('{ "fleet_key": "rec_fleet_0123456789" }')
    expect(problemsInWords(problems)).toContain('never write the key itself here')
    expect(problemsInWords(problems)).not.toContain('0123456789')
  })
})

describe('policies of strings', () => {
  it('say the same as the JSON document', () => {
    const strings = toPolicyStrings(wholePolicy)
    expect(Object.values(strings).every((value) => typeof value === 'string')).toBe(true)
    expect(strings).toMatchObject({ telemetry: 'off', organisation: 'Example Ltd' })
    expect(parsePolicyStrings(strings)).toEqual({ ok: true, policy: wholePolicy })
  })

  it('cover every key that a policy has, texts as they are', () => {
    for (const [key, value] of Object.entries(wholePolicy) as [keyof ManagedPolicy, unknown][])
      expect(parsePolicyStrings(toPolicyStrings({ [key]: value }))).toEqual({
        ok: true,
        policy: { [key]: value },
      })
  })

  it('are refused where a value is no string, no JSON or has a key twice', () => {
    const parsed = parsePolicyStrings({
      telemetry: 1,
      registries: '[',
      bridge: '{"enabled":true,"enabled":false}',
      ceiling: '['.repeat(5000) + ']'.repeat(5000),
    })
    expect(parsed).toMatchObject({ ok: false })
    if (!parsed.ok)
      expect(parsed.problems.map(({ key }) => key)).toEqual(['telemetry', 'registries', 'bridge', 'ceiling'])
    if (!parsed.ok) expect(parsed.problems.at(-1)?.message).toBe('is nested too deeply')
  })
})
