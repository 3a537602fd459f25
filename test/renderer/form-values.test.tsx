import { describe, expect, it } from 'vitest'
import { problemsOf, startingValues, toInputValues } from '../../src/renderer/features/run/form-values.ts'
import { fakeSkill } from '../support/renderer/fake-skills.ts'

const { inputs } = fakeSkill({
  slug: 'x',
  title: 'X',
  summary: 'X.',
  publisher: 'p',
  category: 'data',
  capabilities: { 'fs:read': 'Reads it.' },
  run: {
    command: ['python3', 'scripts/x.py'],
    inputs: {
      file: { type: 'file', title: 'File', required: true, extensions: ['csv', 'tsv'] },
      folder: { type: 'folder', title: 'Folder', required: true },
      text: { type: 'string', title: 'Text', required: true },
      count: { type: 'number', title: 'Count', required: true, min: 1, max: 1000 },
      scale: { type: 'choice', title: 'Scale', required: true, options: ['2', '4'] },
      quick: { type: 'boolean', title: 'Quick', required: true, default: true },
      note: { type: 'string', title: 'Note' },
      limit: { type: 'number', title: 'Limit', default: 5 },
    },
  },
}).manifest.run

const good = {
  file: '/a/B.CSV',
  folder: '/a',
  text: 'x',
  count: 7,
  scale: '2',
  quick: false,
  note: null,
  limit: null,
}

describe('the form of a skill', () => {
  it('opens with the defaults and asks for nothing that is optional', () => {
    expect(startingValues(inputs)).toEqual({
      file: null,
      folder: null,
      text: null,
      count: null,
      scale: null,
      quick: true,
      note: null,
      limit: 5,
    })
    expect(problemsOf(inputs, startingValues(inputs))).toEqual({
      file: 'Choose a file.',
      folder: 'Choose a folder.',
      text: 'Fill this in.',
      count: 'Enter a number.',
      scale: 'Choose one.',
    })
  })

  it('accepts good values and leaves blank ones out', () => {
    expect(problemsOf(inputs, good)).toEqual({})
    expect(toInputValues(inputs, good)).toEqual({
      file: '/a/B.CSV',
      folder: '/a',
      text: 'x',
      count: 7,
      scale: '2',
      quick: false,
    })
  })

  it('says what is wrong with a number or a kind of file', () => {
    expect(problemsOf(inputs, { ...good, count: 0 })).toEqual({ count: 'Enter 1 or more.' })
    expect(problemsOf(inputs, { ...good, count: 1001 })).toEqual({ count: 'Enter 1,000 or less.' })
    expect(problemsOf(inputs, { ...good, count: Number.NaN })).toEqual({ count: 'Enter a number.' })
    expect(problemsOf(inputs, { ...good, count: Number.POSITIVE_INFINITY })).toEqual({
      count: 'Enter a number.',
    })
    expect(problemsOf(inputs, { ...good, file: '/a/photo.png' })).toEqual({
      file: 'Choose a .csv or .tsv file.',
    })
    expect(problemsOf(inputs, { ...good, file: '/a.csv/README' })).toEqual({
      file: 'Choose a .csv or .tsv file.',
    })
  })

  it('keeps earlier values only where they still make sense', () => {
    const values = startingValues(inputs, { text: 'kept', scale: '3', count: 'nine', quick: false, gone: 1 })
    expect(values).toMatchObject({ text: 'kept', scale: null, count: null, quick: false })
    expect('gone' in values).toBe(false)
  })
})
