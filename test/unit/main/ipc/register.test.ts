import { describe, expect, it } from 'vitest'
import { answer } from '../../../../src/main/ipc/register.ts'
import { contract, type WindowHandlers } from '../../../../src/shared/contract/index.ts'
import { SkilletError } from '../../../../src/shared/errors.ts'

/** Handlers where every call fails but those given. */
function handlersWith(given: Partial<WindowHandlers>): WindowHandlers {
  const none = Object.fromEntries(
    Object.keys(contract).map((name) => [name, () => Promise.reject(new Error(`${name} was called`))]),
  )
  return { ...(none as unknown as WindowHandlers), ...given }
}

describe('answer', () => {
  it('returns what the handler returns, without what the contract does not name', async () => {
    const leaky = { undoId: 'u1', unusedKeys: [], secret: 'sk-1234567890' }
    const handlers = handlersWith({ 'library.remove': () => Promise.resolve(leaky) })
    expect(await answer('library.remove', handlers, { slug: 'csv-profile' }, () => {})).toEqual({
      ok: true,
      value: { undoId: 'u1', unusedKeys: [] },
    })
  })

  it('stops a wrong input before the handler', async () => {
    let called = false
    const handlers = handlersWith({
      'library.remove': () => {
        called = true
        return Promise.resolve({ undoId: '', unusedKeys: [] })
      },
    })
    const result = await answer('library.remove', handlers, { slug: '../../etc' }, () => {})
    expect(result).toMatchObject({ ok: false, error: { code: 'INPUT_INVALID' } })
    expect(called).toBe(false)
  })

  it('keeps a SkilletError as it is', async () => {
    const handlers = handlersWith({
      'library.list': () => Promise.reject(new SkilletError('NO_SPACE', 'The disk is full.')),
    })
    expect(await answer('library.list', handlers, null, () => {})).toEqual({
      ok: false,
      error: {
        code: 'NO_SPACE',
        message: 'The disk is full.',
        remedy: 'Free some disk space and try again.',
      },
    })
  })

  it('says nothing of an unforeseen error to the window and logs it whole', async () => {
    const lines: string[] = []
    const handlers = handlersWith({ 'library.list': () => Promise.reject(new Error('ECONNRESET 10.0.0.7')) })
    const result = await answer('library.list', handlers, null, (line) => lines.push(line))
    expect(result).toMatchObject({ ok: false, error: { code: 'INTERNAL' } })
    expect(JSON.stringify(result)).not.toContain('10.0.0.7')
    expect(lines.join('\n')).toContain('10.0.0.7')
  })

  it('does not send an output of the wrong shape', async () => {
    const handlers = handlersWith({
      'library.remove': () => Promise.resolve({ undoId: 7 as never, unusedKeys: [] }),
    })
    expect(await answer('library.remove', handlers, { slug: 'a' }, () => {})).toMatchObject({
      ok: false,
      error: { code: 'INTERNAL' },
    })
  })
})
