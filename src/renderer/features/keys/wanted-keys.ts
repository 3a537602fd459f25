export interface WantedKey {
  name: string
  title: string
  /** The skills that ask for it, by title. */
  skills: string[]
}

/** Keys that are missing, one entry a key. `titleOf` names an installed skill. */
export function wantedKeys(
  wanted: readonly { name: string; title: string; slug: string }[],
  titleOf: (slug: string) => string,
): WantedKey[] {
  const byName = new Map<string, WantedKey>()
  for (const { name, title, slug } of wanted) {
    const key = byName.get(name) ?? { name, title, skills: [] }
    key.skills.push(titleOf(slug))
    byName.set(name, key)
  }
  return [...byName.values()]
}
