import { expect, it } from 'vitest'
import { createKept } from '../../../../src/registry/http/kept.ts'

const make = () => createKept<string>(40, (value) => value.length)

it('drops what was asked for longest ago once there is too much', () => {
  const kept = make()
  for (const key of ['a', 'b', 'c', 'd']) kept.set(key, key.repeat(10))
  expect(kept.get('a')).toBe('a'.repeat(10))
  kept.set('e', 'e'.repeat(10))
  expect(kept.get('b')).toBeUndefined()
  expect(['a', 'c', 'd', 'e'].every((key) => kept.get(key) !== undefined)).toBe(true)
})

it('counts what is replaced or deleted once, and leaves out what is too large', () => {
  const kept = make()
  for (let times = 0; times < 10; times++) kept.set('a', 'a'.repeat(10))
  kept.set('b', 'b'.repeat(10))
  kept.delete('b')
  for (const key of ['c', 'd', 'e']) kept.set(key, key.repeat(10))
  expect(kept.get('a')).toBeDefined()
  kept.set('f', 'f'.repeat(11))
  expect(kept.get('f')).toBeUndefined()
})
