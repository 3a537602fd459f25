import { expect, test } from 'vitest'
import { chosenLanguage, keepLanguage } from '../../../src/console/language.ts'

function storage(kept: Record<string, string> = {}) {
  const items = new Map(Object.entries(kept))
  return {
    getItem: (name: string) => items.get(name) ?? null,
    setItem: (name: string, value: string) => void items.set(name, value),
    removeItem: (name: string) => void items.delete(name),
  }
}

test('the language of the console is the browser’s until one is chosen, and again when it is taken back', () => {
  const kept = storage()
  expect(chosenLanguage(kept)).toBe('browser')
  keepLanguage(kept, 'ar')
  expect(chosenLanguage(kept)).toBe('ar')
  keepLanguage(kept, 'browser')
  expect(kept.getItem('skillet.language')).toBeNull()
  expect(chosenLanguage(kept)).toBe('browser')
})

test.each(['fr', '', 'toString', '<script>'])('what is kept and no language, %j, counts as none', (word) => {
  expect(chosenLanguage(storage({ 'skillet.language': word }))).toBe('browser')
})
