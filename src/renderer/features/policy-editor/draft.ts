/** A policy while it is written: whatever stands in the form, right or not. */
export type Draft = { readonly [key: string]: unknown }
export type Path = readonly string[]

export function valueAt(draft: Draft, path: Path): unknown {
  return path.reduce<unknown>((inside, key) => (isGroup(inside) ? inside[key] : undefined), draft)
}

/** `undefined` leaves the key out; so does a group of which nothing is left. */
export function withValue(draft: Draft, [key, ...rest]: Path, value: unknown): Draft {
  if (key === undefined) return draft
  const inside = draft[key]
  const next = rest.length === 0 ? value : withValue(isGroup(inside) ? inside : {}, rest, value)
  const { [key]: _, ...others } = draft
  if (next === undefined || (rest.length > 0 && Object.keys(next as Draft).length === 0)) return others
  return { ...draft, [key]: next }
}

function isGroup(value: unknown): value is Draft {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
