/** A key that a run uses without holding it. */
export interface BrokeredKey {
  readonly name: string
  readonly value: string
  /** What the run holds instead. */
  readonly placeholder: string
  /** Where it may travel, as its manifest says: `name` (port 443), or `name:port`. */
  readonly hosts: readonly string[]
}

/** Whether a key may travel to a place. */
export function mayTravel({ hosts }: Pick<BrokeredKey, 'hosts'>, host: string, port: number): boolean {
  return hosts.includes(`${host}:${port}`) || (port === 443 && hosts.includes(host))
}

/** One header's value with keys in the place of their placeholders; `names` of those that were put there. */
export function withKeys(value: string, keys: readonly BrokeredKey[]): { value: string; names: string[] } {
  const names = new Set<string>()
  const put = (text: string) => {
    let swapped = text
    for (const key of keys) {
      if (!swapped.includes(key.placeholder)) continue
      names.add(key.name)
      swapped = swapped.replaceAll(key.placeholder, () => key.value)
    }
    return swapped
  }
  // User and password, RFC 7617 §2.
  const basic = /^(Basic +)([A-Za-z0-9+/_-]+=*)\s*$/i.exec(value)
  if (basic) {
    const given = Buffer.from(basic[2]!, 'base64').toString('utf8')
    const swapped = put(given)
    if (names.size > 0)
      return { value: `${basic[1]}${Buffer.from(swapped, 'utf8').toString('base64')}`, names: [...names] }
  }
  return { value: put(value), names: [...names] }
}
