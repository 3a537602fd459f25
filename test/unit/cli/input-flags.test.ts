import { describe, expect, it } from 'vitest'
import { parseInputFlags } from '../../../src/cli/input-flags.ts'
import { skillManifest } from '../../support/host-values.ts'

const parse = (...flags: string[]) => parseInputFlags(skillManifest, flags, '/home/me')

describe('parseInputFlags', () => {
  it('reads each type; paths become absolute and an = in a value stays', () => {
    expect(parse('file=data.csv', 'folder=/srv', 'name=a=b', 'rows=-1.5', 'strict=yes', 'header=no')).toEqual(
      {
        file: '/home/me/data.csv',
        folder: '/srv',
        name: 'a=b',
        rows: -1.5,
        strict: true,
        header: 'no',
      },
    )
  })

  it.each([
    ['an unknown name', 'other=1'],
    ["one of Object's own names", 'constructor=1'],
    ['no value', 'name'],
    ['a word for a number', 'rows=many'],
    ['an empty number', 'rows='],
    ['an infinite number', 'rows=Infinity'],
    ['a word for a boolean', 'strict=maybe'],
    ['a choice that is not offered', 'header=sometimes'],
    ['an empty path', 'folder='],
  ])('refuses %s', (_what, flag) => {
    expect(() => parse('file=a.csv', flag)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
  })

  it('names the flag of a required input that is missing', () => {
    expect(() => parse()).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', remedy: 'Add --input file=…' }),
    )
  })
})
