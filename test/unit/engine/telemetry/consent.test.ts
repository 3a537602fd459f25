import { describe, expect, it } from 'vitest'
import { consentOf, forbiddingVariable } from '../../../../src/engine/telemetry/consent.ts'

describe('who says whether statistics are sent', () => {
  it.each([
    [null, null, false],
    ['off', null, false],
    ['on', null, true],
    [null, 'on', true],
    ['off', 'on', true],
    ['on', 'off', false],
    [null, 'off', false],
  ] as const)('the person %s, administrators %s: %s', (choice, managed, on) => {
    expect(consentOf({ choice, managed, env: {} })).toMatchObject({ on, choice, managed: managed !== null })
  })

  it.each([
    { RECIPES_TELEMETRY: 'off' },
    { RECIPES_TELEMETRY: ' OFF ' },
    { RECIPES_TELEMETRY: '0' },
    { RECIPES_TELEMETRY: 'false' },
    { DO_NOT_TRACK: '1' },
    { DO_NOT_TRACK: 'true' },
    { DO_NOT_TRACK: 'yes please' },
    { RECIPES_TELEMETRY: 'on', DO_NOT_TRACK: '1' },
  ])('%o has the last word, over a person and over administrators', (env) => {
    const variable = env.DO_NOT_TRACK === undefined ? 'RECIPES_TELEMETRY' : 'DO_NOT_TRACK'
    for (const managed of ['on', null] as const)
      expect(consentOf({ choice: 'on', managed, env })).toMatchObject({
        on: false,
        forbiddenBy: { who: 'environment', variable },
      })
  })

  it.each([
    {},
    { DO_NOT_TRACK: '' },
    { DO_NOT_TRACK: '0' },
    { RECIPES_TELEMETRY: 'on' },
    { RECIPES_TELEMETRY: '' },
  ])('%o forbids nothing', (env) => expect(forbiddingVariable(env)).toBeNull())

  it('names administrators before the environment', () => {
    expect(consentOf({ choice: 'on', managed: 'off', env: { DO_NOT_TRACK: '1' } }).forbiddenBy).toEqual({
      who: 'policy',
    })
  })
})
