import { expect, test } from 'vitest'
import { parseObservation } from '../../../../src/engine/sandbox/observation.ts'

test('each line of the launcher’s is understood', () => {
  for (const line of [
    { type: 'ready', landlock: 7 },
    { type: 'failed', what: 'exchanged', errno: 116 },
    { type: 'wrote', path: '/skill/out/a', errno: 0 },
    { type: 'truncated' },
    { type: 'processes', count: 128 },
    { type: 'peak', peak: 1, written: 2 },
    { type: 'memory', peak: 1, written: 0 },
    { type: 'disk', peak: 1, written: 2 },
    { type: 'exit', code: 0, signal: 9, peak: 1, written: 2 },
  ])
    expect(parseObservation(JSON.stringify(line))).toEqual(line)
})

test('a path’s bytes come back as what they were', () => {
  const line = '{"type":"read","path":"/home/\\u00c3\\u00a9","errno":2}'
  expect(parseObservation(line)).toMatchObject({ path: '/home/é' })
})

test('anything else is nothing that the launcher has said', () => {
  for (const line of [
    '',
    'x',
    'null',
    '{"type":"exit"}',
    '{"type":"memory","peak":"1","written":0}',
    '{"type":"all fine"}',
  ])
    expect(parseObservation(line)).toBeNull()
})
