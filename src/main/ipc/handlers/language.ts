import type { WindowHandlers } from '../../../shared/contract/index.ts'
import type { LanguageSetting } from '../../language.ts'

export function languageHandlers(
  language: LanguageSetting,
): Pick<WindowHandlers, 'language.get' | 'language.set'> {
  return {
    'language.get': () => language.get(),
    'language.set': (choice) => language.set(choice),
  }
}
