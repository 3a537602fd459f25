/** What docs/review.md and every finding say about a rule, as sentences for a person. */
export interface RuleDescription {
  readonly looksFor: string
  readonly why: string
  readonly fix: string
}
export type RuleDescriptions = Readonly<Record<string, RuleDescription>>

/** A rule that documents and code share: `prose/NAME` and `code/NAME`. */
export function inBoth(descriptions: RuleDescriptions): RuleDescriptions {
  return Object.fromEntries(
    Object.entries(descriptions).flatMap(([name, description]) => [
      [`prose/${name}`, description],
      [`code/${name}`, description],
    ]),
  )
}
