import { describe, expect, it } from 'vitest'
import { createNameSet, foldName, nameProblem } from '../../../src/trust/entry-name.ts'

describe('nameProblem', () => {
  it.each(['SKILL.md', 'a/b/c.txt', 'notes/é.md', '日本語/説明.md', '-rf', 'a b/c d', '.npmrc'])(
    'has none with %j',
    (path) => expect(nameProblem(path)).toBeNull(),
  )

  it.each([
    ['', 'is empty'],
    ['/etc/passwd', 'is absolute'],
    ['a/../b', 'leads out of its folder'],
    ['a//b', 'has an empty part'],
    ['a\\b', 'has a backslash'],
    ['con.txt', 'is reserved on Windows'],
    ['folder/COM¹', 'is reserved on Windows'],
    ['what?', 'has a character that Windows does not allow'],
    ['a./b', 'begins with a space, or ends with a space or a dot'],
    ['tab\there', 'has characters that cannot be seen'],
    ['zero\u200bwidth', 'has characters that cannot be seen'],
    ['e\u0301', 'is not in normal form (NFC)'],
    ['a\u2215b', 'has a character that only looks like a slash'],
    ['\uff0e\uff0e/a', 'leads out of its folder'],
    ['.GIT/config', 'belongs to git'],
    [`${'a/'.repeat(32)}b`, 'lies too deep'],
    ['é'.repeat(600), 'is too long'],
    [`${'a'.repeat(200)}/`.repeat(6), 'is too long'],
    ['a'.repeat(256), 'is too long'],
    ['é'.repeat(128), 'is too long'],
    ['hangul\u3164filler', 'has characters that cannot be seen'],
    ['grapheme\u034fjoiner', 'has characters that cannot be seen'],
    ['no\u00a0break', 'has characters that cannot be seen'],
    ['a\u2100b', 'has a character that only looks like a slash'],
  ])('with %j: %s', (path, problem) => expect(nameProblem(path)).toBe(problem))
})

describe('foldName', () => {
  it.each([
    ['README.md', 'readme.MD'],
    ['straße', 'STRASSE'],
    ['straße', 'STRAẞE'],
    ['ὈΔΥΣΣΕΎΣ', 'ὀδυσσεύς'],
    ['ﬁle', 'FILE'],
    ['Å', '\u212b'],
  ])('takes %j and %j for one', (one, other) => expect(foldName(one)).toBe(foldName(other)))

  it('folds every character to what is folded already, and both of its cases to the same', () => {
    const apart: string[] = []
    for (let code = 0; code <= 0x10ffff; code++) {
      const one = `a${String.fromCodePoint(code)}a`.normalize('NFC')
      if (nameProblem(one) !== null) continue
      const folded = foldName(one)
      const spellings = [folded, one.toLowerCase(), one.toUpperCase(), one.toUpperCase().toLowerCase()]
      if (spellings.some((other) => foldName(other) !== folded)) apart.push(`${code.toString(16)} ${one}`)
    }
    expect(apart).toEqual([])
  })
})

describe('createNameSet', () => {
  const problems = (...names: [string, 'file' | 'folder'][]) => {
    const set = createNameSet()
    return names.map(([path, kind]) => set.add(path, kind))
  }

  it('takes a folder that follows from its files, before and after it is named', () => {
    expect(problems(['a/b/1', 'file'], ['a', 'folder'], ['a/b', 'folder'], ['a/b/2', 'file'])).toEqual([
      null,
      null,
      null,
      null,
    ])
  })

  it.each<[string, [string, 'file' | 'folder'][], string]>([
    [
      'a file twice',
      [
        ['a', 'file'],
        ['a', 'file'],
      ],
      'appears twice',
    ],
    [
      'a folder twice',
      [
        ['a', 'folder'],
        ['a', 'folder'],
      ],
      'appears twice',
    ],
    [
      'a folder twice, with files between',
      [
        ['a', 'folder'],
        ['a/b', 'file'],
        ['a', 'folder'],
      ],
      'appears twice',
    ],
    [
      'a folder in the place of a file',
      [
        ['a', 'file'],
        ['a/b', 'file'],
      ],
      'is a file in one place and a folder in another',
    ],
    [
      'a file in the place of a folder',
      [
        ['a/b', 'file'],
        ['a', 'file'],
      ],
      'is a file in one place and a folder in another',
    ],
    [
      'another spelling of a folder',
      [
        ['a/1', 'file'],
        ['a/2', 'file'],
        ['A/3', 'file'],
      ],
      'differs only in spelling from "a"',
    ],
    [
      'another spelling of a file',
      [
        ['ß', 'file'],
        ['SS', 'file'],
      ],
      'differs only in spelling from "ß"',
    ],
  ])('refuses %s', (_, names, problem) => expect(problems(...names).at(-1)).toBe(problem))
})
