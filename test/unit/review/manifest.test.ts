import { describe, expect, it } from 'vitest'
import { parseSkillToml, reviewSkillToml } from '../../../src/review/manifest.ts'
import { findKeyLines, lineOfKey } from '../../../src/review/toml-lines.ts'
import { parseSkillMarkdown, reviewSkillMarkdown } from '../../../src/review/skill-md.ts'
import { goodSkill } from '../../support/sample-skill.ts'

const good = goodSkill['skill.toml']
const change = (from: string, to: string) => {
  expect(good).toContain(from)
  return good.replace(from, to)
}

describe('parseSkillToml', () => {
  it('reads a manifest and fills in the defaults', () => {
    const manifest = parseSkillToml(good)
    expect(manifest.slug).toBe('sample-skill')
    expect(manifest.tier).toBe('free')
    expect(manifest.sandbox).toMatchObject({ network: [], write: [], timeout_s: 30, memory_mb: 512 })
  })

  it.each([
    ['an unknown key', change('title =', 'titel ='), 'manifest/unknown-key', 4],
    ['a missing key', change('title = "Sample"\n', ''), 'manifest/missing-key', null],
    ['an unknown tier', change('license =', 'tier = "gold"\nlicense ='), 'manifest/unknown-tier', 7],
    ['an unknown capability', change('"fs:read"', '"fs:erase"'), 'manifest/unknown-capability', 11],
    ['a bad version', change('"1.0.0"', '"1.0"'), 'manifest/invalid-value', 3],
    [
      'a wildcard host',
      change('[run]', '[sandbox]\nnetwork = ["*.example.com"]\n[run]'),
      'manifest/wildcard-host',
      14,
    ],
    [
      'a bare address',
      change('[run]', '[sandbox]\nnetwork = ["10.0.0.1"]\n[run]'),
      'manifest/invalid-value',
      14,
    ],
    ['undeclared hosts', change('[run]', '[sandbox]\nnetwork = ["a.example"]\n[run]'), 'consistency/net', 14],
    ['net without hosts', change('[run]', 'net = "x"\n[run]'), 'consistency/net', 13],
    ['fs:write without a place', change('[run]', '"fs:write" = "x"\n[run]'), 'consistency/fs-write', 13],
    ['an undeclared program', change('[run]', '[sandbox]\nexec = ["git"]\n[run]'), 'consistency/exec', 14],
    [
      'a graphics card without a capability',
      change('"fs:read" = "Reads the file that you choose."\n', '')
        .replace('type = "file"', 'type = "string"')
        .replace('[run]', '[requires]\ncuda = ">=12.2"\n[run]'),
      'consistency/cuda',
      null,
    ],
    [
      'a key without env:read',
      change('[run]', '[secrets.ACME_KEY]\ntitle = "x"\nhosts = ["a.example"]\n[run]'),
      'consistency/env-read',
      null,
    ],
    [
      'a key for a host that is not reached',
      change(
        '[run]',
        '"env:read" = "x"\nnet = "x"\n[sandbox]\nnetwork = ["a.example"]\n[secrets.ACME_KEY]\ntitle = "x"\nhosts = ["b.example"]\n[run]',
      ),
      'consistency/secret-hosts',
      null,
    ],
    [
      'a file without fs:read',
      change('"fs:read" = "Reads the file that you choose."', ''),
      'consistency/inputs',
      null,
    ],
    ['broken TOML', change('slug = ', 'slug '), 'manifest/syntax', 2],
    ['a key twice', change('[run]', '[capabilities]\n[run]'), 'manifest/syntax', null],
  ])('refuses %s, naming rule and line', (_what, text, rule, line) => {
    const { manifest, findings } = reviewSkillToml(text)
    expect(manifest).toBeNull()
    expect(findings).toContainEqual(
      expect.objectContaining(line === null ? { rule, severity: 'high' } : { rule, line, severity: 'high' }),
    )
    expect(() => parseSkillToml(text)).toThrow(expect.objectContaining({ code: 'MANIFEST_INVALID' }))
  })

  it('names key and line in the sentence', () => {
    expect(() => parseSkillToml(change('title =', 'titel ='))).toThrow(/Line 4: titel is not a key/)
  })

  it('reads permissions.outbound_http as sandbox.network, and refuses both at once', () => {
    const declared = change(
      '[run]',
      'net = "Fetches rates."\n[permissions.outbound_http]\nallow = ["api.example.com"]\n[run]',
    )
    expect(parseSkillToml(declared).sandbox.network).toEqual(['api.example.com'])
    const twice = declared.replace('[run]', '[sandbox]\nnetwork = ["other.example.com"]\n[run]')
    expect(reviewSkillToml(twice).findings).toContainEqual(
      expect.objectContaining({ rule: 'manifest/network-twice', line: 15 }),
    )
    expect(reviewSkillToml(declared.replace('api.example.com', '*.example.com')).findings).toContainEqual(
      expect.objectContaining({ rule: 'manifest/wildcard-host', line: 15 }),
    )
  })
})

describe('text that is made to take long', () => {
  const blanks = ' '.repeat(20_000)

  it('is searched for keys line by line, however many blanks there are', () => {
    for (const line of [
      blanks,
      `a${blanks}`,
      `a${' .a'.repeat(7000)}`,
      `[a${'] '.repeat(10_000)}`,
      `a${' ]#'.repeat(7000)}`,
    ])
      expect(lineOfKey(findKeyLines(`${line}\nb = 1`), ['b'])).toBe(line.startsWith('[') ? null : 2)
    const written = ' [ x . "y z" ] # why\n  a . \'b\'\t= 1\n[[list]]\n"c=d" = 2'
    expect(lineOfKey(findKeyLines(written), ['x', 'y z', 'a', 'b'])).toBe(2)
    expect(lineOfKey(findKeyLines(written), ['list', 0, 'c=d'])).toBe(4)
  })

  it.each([
    ['a line of blanks', `${good}\n${blanks}\n`, good.split('\n').length + 1],
    ['more than 64 KB', `${good}${'# note\n'.repeat(10_000)}`, null],
  ])('is refused in skill.toml: %s', (_what, text, line) => {
    const { manifest, findings } = reviewSkillToml(text)
    expect(manifest).toBeNull()
    expect(findings).toEqual([expect.objectContaining({ rule: 'manifest/too-long', severity: 'high', line })])
    expect(() => parseSkillToml(text)).toThrow(expect.objectContaining({ code: 'MANIFEST_INVALID' }))
  })

  it('is refused in the front matter of SKILL.md, before anything parses it', () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `key${index}: 1`).join('\n')
    const { skill, findings } = reviewSkillMarkdown(`---\n${keys}\ndescription: x\n---\n`, 'lenient')
    expect(skill).toBeNull()
    expect(findings).toEqual([
      expect.objectContaining({ rule: 'manifest/front-matter', severity: 'high', line: 1 }),
    ])
  })
})

describe('SKILL.md', () => {
  it('gives name, description and body', () => {
    const skill = parseSkillMarkdown(goodSkill['SKILL.md'], 'strict')
    expect(skill).toMatchObject({ name: 'sample-skill', license: 'Apache-2.0', bodyLine: 6 })
    expect(skill.body.trim().startsWith('# Sample')).toBe(true)
  })

  it.each([
    ['no front matter', '# Hello', 'manifest/front-matter'],
    ['broken YAML', '---\nname: [\n---\n', 'manifest/front-matter'],
    ['no description', '---\nname: a\n---\n', 'manifest/description'],
    ['an alias bomb', '---\na: &a [x,x]\nb: &b [*a,*a]\ndescription: *b\n---\n', 'manifest/front-matter'],
  ])('is unusable with %s, at any strictness', (_what, text, rule) => {
    for (const strictness of ['strict', 'lenient'] as const) {
      expect(reviewSkillMarkdown(text, strictness).findings).toContainEqual(
        expect.objectContaining({ rule, severity: 'high' }),
      )
      expect(() => parseSkillMarkdown(text, strictness)).toThrow(
        expect.objectContaining({ code: 'MANIFEST_INVALID' }),
      )
    }
  })

  it('keeps its note on compatibility short', () => {
    const text = (length: number) =>
      `---\nname: a\ndescription: b\ncompatibility: ${'c'.repeat(length)}\n---\n`
    const found = (length: number, strictness: 'strict' | 'lenient') =>
      reviewSkillMarkdown(text(length), strictness).findings.map(({ rule, severity }) => [rule, severity])
    expect(found(500, 'strict')).toEqual([])
    expect(found(501, 'strict')).toEqual([['manifest/compatibility', 'high']])
    expect(found(501, 'lenient')).toEqual([['manifest/compatibility', 'low']])
  })

  it('is read leniently where others wrote more than the format knows', () => {
    const text =
      '---\nname: Some Thing\nversion: 2\ndescription: Works.\nmetadata:\n  openclaw: { emoji: x }\n---\nBody\n'
    expect(parseSkillMarkdown(text, 'lenient').description).toBe('Works.')
    expect(() => parseSkillMarkdown(text, 'strict')).toThrow(
      expect.objectContaining({ code: 'MANIFEST_INVALID' }),
    )
  })
})
