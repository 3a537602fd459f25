/** Below this many characters an encoded form is too short to mean the secret rather than ordinary text. */
const shortestFragment = 8

/**
 * Every form in which a secret is likely to leave by accident: as it is, base64 and base64url (also in the middle of
 * something longer), hexadecimal, percent-encoded, form-encoded, inside JSON, inside HTML.
 */
export function formsOf(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8')
  const forms = new Set([value])
  const add = (form: string) => {
    if (form.length >= Math.min(4, value.length)) forms.add(form)
  }

  for (const encoding of ['base64', 'base64url'] as const) {
    add(bytes.toString(encoding))
    add(bytes.toString(encoding).replace(/=+$/, ''))
    for (const offset of [0, 1, 2]) {
      const inside = innerBase64(bytes, offset, encoding)
      if (inside.length >= shortestFragment) add(inside)
    }
  }
  add(bytes.toString('hex'))
  add(bytes.toString('hex').toUpperCase())

  const percent = encodeURIComponent(bytes.toString('utf8'))
  const strict = percent.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
  for (const form of [percent, strict]) {
    add(upperEscapes(form))
    add(lowerEscapes(form))
    add(upperEscapes(form).replace(/%20/g, '+'))
  }

  const json = JSON.stringify(value).slice(1, -1)
  add(json)
  add(json.replace(/\//g, '\\/'))
  add(asciiJson(json))
  add(
    value
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
      .replace(/'/g, '&#39;'),
  )
  return [...forms]
}

/** The characters that base64 is bound to produce for `bytes` after any `offset` (mod 3) bytes and before any others. */
function innerBase64(bytes: Buffer, offset: number, encoding: 'base64' | 'base64url'): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString(encoding)
    .replace(/=+$/, '')
  const bits = (offset + bytes.length) * 8
  return text.slice(Math.ceil((offset * 8) / 6), Math.floor(bits / 6))
}

const upperEscapes = (text: string) => text.replace(/%[0-9a-f]{2}/gi, (escape) => escape.toUpperCase())
const lowerEscapes = (text: string) => text.replace(/%[0-9a-f]{2}/gi, (escape) => escape.toLowerCase())
const asciiJson = (json: string) =>
  json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
