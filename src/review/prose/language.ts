import type { Token } from './lexicon/read-lexicon.ts'

/** The commonest short words of languages in Latin letters; without accents. Some belong to several. */
const common: Readonly<Record<string, ReadonlySet<string>>> = {
  english: new Set(
    'the and of to is in it you that for on with as are be this or from by not at an if when do your'.split(
      ' ',
    ),
  ),
  german: new Set(
    'der das und ist nicht ein eine zu den mit von dem im auf fur es sich des auch als an wird du wenn oder wer'.split(
      ' ',
    ),
  ),
  spanish: new Set('el la los las y de que en una es se por con para su del lo como si'.split(' ')),
  french: new Set(
    "le la les et de des du en une est ne pas que qui pour dans sur ce il au l' d' n' puis si ou sans".split(
      ' ',
    ),
  ),
  portuguese: new Set('o os e de da que em um uma nao se por com para na dos das ao ou isso sem'.split(' ')),
  other: new Set('di il che non per una ve bir bu het een niet van nie jest sie na w'.split(' ')),
}

/** The language of a passage, as far as its short words tell: only whether it is English matters. */
export function isEnglish(tokens: readonly Token[]): boolean {
  if (tokens.some(({ word }) => /[^\p{Script=Latin}\p{M}\p{N}\p{P}\p{S}]/u.test(word))) return false
  const count = (words: ReadonlySet<string>) => tokens.filter(({ word }) => words.has(word)).length
  const english = count(common['english'] ?? new Set())
  return Object.entries(common).every(([name, words]) => name === 'english' || count(words) <= english)
}
