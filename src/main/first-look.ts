import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { languageOf, languages, type Language } from '../shared/i18n/languages.ts'

/**
 * How the window looks before anything else is there, from a few bytes that are read at once. What can't be read is as if
 * nothing had been chosen; `openAppearance` and `openLanguage` say why later.
 */
export function firstAppearance(home: string): 'system' | 'light' | 'dark' {
  return keptChoice(join(home, 'appearance.json'), ['light', 'dark']) ?? 'system'
}

/**
 * The language that the page speaks, where administrators certainly choose none: `policies` are all the files that they
 * could do it with. Null where one is there, or where they have other ways: then only the whole policy tells.
 */
export function firstLanguage(
  home: string,
  { policies, preferred }: { policies: readonly string[] | null; preferred: () => readonly string[] },
): Language | null {
  if (policies === null || policies.some((file) => existsSync(file))) return null
  return keptChoice(join(home, 'language.json'), languages) ?? languageOf(preferred())
}

function keptChoice<T extends string>(file: string, choices: readonly T[]): T | null {
  try {
    const kept: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return choices.find((choice) => choice === kept) ?? null
  } catch {
    return null
  }
}
