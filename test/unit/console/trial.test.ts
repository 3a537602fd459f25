import { describe, expect, it } from 'vitest'
import { startingTrial, toTrialRequest, type Asks } from '../../../src/console/features/review/trial.ts'

const input = (name: string, type: Asks['inputs'][number]['type'], more: object = {}) => ({
  name,
  type,
  title: name,
  description: null,
  required: false,
  value: null,
  options: [],
  extensions: [],
  ...more,
})
const asks: Asks = {
  command: ['python3', 'main.py'],
  capabilities: [{ name: 'fs:read', why: 'Reads it.' }],
  inputs: [
    input('table', 'file', { required: true, extensions: ['csv', 'tsv'] }),
    input('photos', 'folder'),
    input('title', 'string', { value: 'Report' }),
    input('rows', 'number', { value: 10 }),
    input('quiet', 'boolean'),
    input('form', 'choice', { options: ['short', 'long'] }),
  ],
}

describe('a test run', () => {
  it('starts from what the skill has by default, and names files as the skill takes them', () => {
    expect(startingTrial(asks)).toEqual({
      values: { table: '', photos: '', title: 'Report', rows: '10', quiet: false, form: 'short' },
      names: { table: 'table.csv', photos: 'photos.txt' },
    })
  })

  it('is sent with texts as files, numbers as numbers, and without what was left empty', () => {
    const { values, names } = startingTrial(asks)
    const filled = { values: { ...values, table: 'a,b\n1,2\n', title: '', rows: '3' }, names }
    expect(toTrialRequest(asks, filled, ['fs:read'])).toEqual({
      inputs: { table: 'table.csv', rows: 3, quiet: false, form: 'short' },
      files: { 'table.csv': 'a,b\n1,2\n' },
      grants: ['fs:read'],
    })
    const withFolder = { values: { ...filled.values, photos: 'one' }, names: { ...names, photos: 'a.txt' } }
    expect(toTrialRequest(asks, withFolder, [])).toMatchObject({
      inputs: { photos: '.' },
      files: { 'a.txt': 'one', 'table.csv': 'a,b\n1,2\n' },
      grants: [],
    })
  })
})
