import { afterEach, describe, expect, it } from 'vitest'
import { localeOf } from '../../../../src/shared/i18n/languages.ts'
import { templateOf, valuesOf, say } from '../../../../src/shared/i18n/say.ts'
import { learn, speak, type Words } from '../../../../src/shared/i18n/t.ts'
import english from '../../../../src/shared/locales/en.json'
import consoleAr from '../../../../src/shared/locales/console.ar.json'
import consoleDe from '../../../../src/shared/locales/console.de.json'
import engineAr from '../../../../src/shared/locales/engine.ar.json'
import engineDe from '../../../../src/shared/locales/engine.de.json'
import mainAr from '../../../../src/shared/locales/main.ar.json'
import mainDe from '../../../../src/shared/locales/main.de.json'
import registryAr from '../../../../src/shared/locales/registry.ar.json'
import registryDe from '../../../../src/shared/locales/registry.de.json'
import rulesAr from '../../../../src/shared/locales/rules.ar.json'
import rulesDe from '../../../../src/shared/locales/rules.de.json'
import windowAr from '../../../../src/shared/locales/window.ar.json'
import windowDe from '../../../../src/shared/locales/window.de.json'
import {
  engineSentencesOf,
  filesIn,
  keysOf,
  registrySentencesOf,
  ruleSentencesOf,
  unsaidIn,
  yamlRuleSentences,
  type Said,
} from '../../../support/said-words.ts'

afterEach(() => speak('en', {}))

const languages = ['de', 'ar'] as const
const areas = ['window', 'main', 'engine', 'console', 'registry', 'rules'] as const
const locales: Record<(typeof areas)[number], Record<(typeof languages)[number], Words>> = {
  window: { de: windowDe, ar: windowAr },
  main: { de: mainDe, ar: mainAr },
  engine: { de: engineDe, ar: engineAr },
  console: { de: consoleDe, ar: consoleAr },
  registry: { de: registryDe, ar: registryAr },
  rules: { de: rulesDe, ar: rulesAr },
}
const keysIn = async (...folders: string[]) =>
  (await filesIn(...folders)).flatMap((file) => keysOf(file).said)
// Read once, for all languages.
const engineSentences = filesIn('engine', 'trust', 'main', 'shared', 'bridge/access').then((files) =>
  files.filter((file) => !/^shared.(i18n|locales)/.test(file)).flatMap(engineSentencesOf),
)
/** What the registry says to programs other than ours, to whoever starts it, or on its public pages. */
const notToPeople =
  /^registry.(db|jobs|objects|start|demo|app|worker|key-rotation|console-files|log|tuf.(?!warnings)|http.(listen|metrics|openapi)|auth.(entitlements|assert-secret|secret-file|github)|publish.(rotate|sign-again|signing-key|open-issue)|routes.(discovery|fleet-machines|offline|payments|status|telemetry|tuf))/
const registrySentences = filesIn('registry').then((files) =>
  files.filter((file) => !notToPeople.test(file)).flatMap(registrySentencesOf),
)
const ruleSentences = Promise.all([filesIn('review', 'shared'), yamlRuleSentences()]).then(
  ([files, inYaml]) => [...files.flatMap(ruleSentencesOf), ...inYaml],
)

/** The keys that a language has to have for what is said: one, or one for each of its plural forms. */
function wanted({ key, counts = false }: Said & { counts?: boolean }, language: string): string[] {
  if (!counts) return [key]
  return new Intl.PluralRules(localeOf(language as 'de'))
    .resolvedOptions()
    .pluralCategories.map((form) => `${key}_${form}`)
}

/** What is said without words for it, and words that nobody says. */
function compare(said: readonly (Said & { counts?: boolean })[], words: Words, language: string) {
  const keys = said.flatMap((one) => wanted(one, language).map((key) => ({ key, at: one.at })))
  const all = new Set(keys.map(({ key }) => key))
  return {
    missing: [...new Set(keys.filter(({ key }) => !(key in words)).map(({ key, at }) => `${key} (${at})`))],
    unused: Object.keys(words).filter((key) => !all.has(key)),
  }
}

describe('every sentence has its words', () => {
  it.each(languages)('of the window, in %s', async (language) => {
    const said = await keysIn('renderer')
    expect(said.length).toBeGreaterThan(500)
    expect(compare(said, locales.window[language], language)).toEqual({ missing: [], unused: [] })
  })
  it.each(languages)('of the console, in %s, its own or the window’s', async (language) => {
    const said = await keysIn('console')
    expect(said.length).toBeGreaterThan(500)
    const { missing } = compare(said, { ...locales.window[language], ...locales.console[language] }, language)
    const { unused } = compare(said, locales.console[language], language)
    expect({ missing, unused }).toEqual({ missing: [], unused: [] })
  })
  it.each(languages)('of the registry, in %s, its own or the engine’s', async (language) => {
    const said = await registrySentences
    expect(said.length).toBeGreaterThan(150)
    const known = { ...locales.engine[language], ...locales.registry[language] }
    const { missing } = compare(said, known, language)
    const { unused } = compare(said, locales.registry[language], language)
    expect({ missing, unused }).toEqual({ missing: [], unused: [] })
  })
  it.each(languages)('of menus and dialogs, in %s', async (language) => {
    const said = await keysIn('main')
    expect(compare(said, locales.main[language], language)).toEqual({ missing: [], unused: [] })
  })
  it.each(languages)('of the engine, in %s', async (language) => {
    const said = await engineSentences
    expect(said.length).toBeGreaterThan(400)
    expect(compare(said, locales.engine[language], language)).toEqual({ missing: [], unused: [] })
  })
  it.each(languages)('of what a review finds, in %s, its own or the engine’s', async (language) => {
    const said = await ruleSentences
    expect(said.length).toBeGreaterThan(500)
    const { missing } = compare(said, { ...locales.engine[language], ...locales.rules[language] }, language)
    const { unused } = compare(said, locales.rules[language], language)
    expect({ missing, unused }).toEqual({ missing: [], unused: [] })
  })
  it('has a singular in English wherever something is counted', async () => {
    const counted = (await keysIn('renderer', 'main', 'console')).filter(({ counts }) => counts)
    // "3 running" and "1 running" are the same.
    const singular = counted.filter(({ key }) => !/^\{\{count\}\} (running|to add|new)$/.test(key))
    expect(
      compare(
        singular.map(({ key, at }) => ({ key: `${key}_one`, at })),
        english,
        'en',
      ),
    ).toEqual({ missing: [], unused: [] })
  })
})

describe('translations', () => {
  // A plural form may say the number in words: "two skills" is one word in Arabic.
  const places = (text: string) =>
    new Set((text.match(/\{\{\w+\}\}|<\/?\w+>/g) ?? []).filter((place) => place !== '{{count}}'))
  it.each(languages.flatMap((language) => areas.map((area) => [area, language] as const)))(
    'of the %s put in the same values and elements, in %s',
    (area, language) => {
      const different = Object.entries(locales[area][language]).filter(
        ([key, text]) =>
          text.trim() === '' || [...places(key)].toSorted().join() !== [...places(text)].toSorted().join(),
      )
      expect(different).toEqual([])
    },
  )
})

describe('no words go around t', () => {
  it.each([
    ['the window', 'renderer', 80],
    ['the console', 'console', 50],
  ])('in the markup of %s', async (_, folder, atLeast) => {
    const files = (await filesIn(folder)).filter((file) => file.endsWith('.tsx'))
    expect(files.length).toBeGreaterThan(atLeast)

    expect(files.flatMap(unsaidIn)).toEqual([])
  })
  it('as a key that isn’t written out', async () => {
    const files = await filesIn('renderer', 'main', 'console')
    expect(files.flatMap((file) => keysOf(file).dynamic)).toEqual([])
  })
})

describe('say', () => {
  it.each([
    ['engine', engineDe],
    ['registry', registryDe],
    ['review', rulesDe],
  ])('knows each sentence of the %s among all others', (_, own) => {
    speak('de', { ...engineDe, ...windowDe, ...registryDe, ...consoleDe })
    learn('de', rulesDe)
    // What each would be if it were known by itself.
    const names = ['alpha', 'beta', 'gamma', 'delta']
    const wrong = Object.entries(own).flatMap(([key, german]) => {
      const fill = (text: string) =>
        text.replaceAll(/\{\{(\d)\}\}/g, (_, place: string) => names[Number(place)] ?? '')
      const said = say(fill(key))
      return said === fill(german) ? [] : [[key, said]]
    })
    expect(wrong).toEqual([])
    expect(valuesOf(templateOf('{{0}} or {{1}}'), 'a or b')).toEqual({ 0: 'a', 1: 'b' })
  })

  it.each([
    [
      "The archive can't be trusted: it is cut short.",
      'Dem Archiv ist nicht zu trauen: es ist abgeschnitten.',
    ],
    [
      'The file name "a\\\\b" has a backslash.',
      'Der Dateiname "a\\\\b" enthält einen umgekehrten Schrägstrich.',
    ],
    [
      "The administrators' policy, /etc/p.json, lies in /etc, which can be changed by everybody on this computer.",
      'Die Richtlinie der Administratoren, /etc/p.json: liegt in /etc, und das können alle an diesem Computer ändern.',
    ],
  ])('says why inside of a sentence: %s', (english, german) => {
    speak('de', engineDe)
    expect(say(english)).toBe(german)
  })
})
