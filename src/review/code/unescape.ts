const escapes =
  /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|U([0-9a-fA-F]{8})|([0-7]{1,3})|(\r?\n)|([^]))/g
const letters: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  e: '\u001b',
}

/** Backslash escapes as Python, JavaScript and the shell's `$'…'` write them. */
export function unescapeText(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(
    escapes,
    (
      _all,
      hex2?: string,
      hex4?: string,
      braces?: string,
      hex8?: string,
      octal?: string,
      line?: string,
      other?: string,
    ) => {
      const hex = hex2 ?? hex4 ?? braces ?? hex8
      if (hex !== undefined) return fromCode(Number.parseInt(hex, 16))
      if (octal !== undefined) return fromCode(Number.parseInt(octal, 8))
      if (line !== undefined || other === undefined) return ''
      return letters[other] ?? other
    },
  )
}

export function fromCode(code: number): string {
  return code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
}
