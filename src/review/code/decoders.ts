import { inflateRawSync, inflateSync, gunzipSync } from 'node:zlib'
import { cut, limits } from './texts.ts'
import { fromCode } from './unescape.ts'

type Decoder = (text: string, how: string) => string
/** What decodes or unpacks a text, by its full name or its last part; `how` is the second argument. */
export const decoders: Readonly<Record<string, Decoder>> = {
  'base64.b64decode': decodeBase64,
  'base64.urlsafe_b64decode': (text) => decodeBase64(text.replaceAll('-', '+').replaceAll('_', '/')),
  'base64.standard_b64decode': decodeBase64,
  'base64.decodebytes': decodeBase64,
  'base64.b32decode': decodeBase32,
  'base64.b16decode': decodeHex,
  'binascii.a2b_base64': decodeBase64,
  'binascii.unhexlify': decodeHex,
  'bytes.fromhex': decodeHex,
  'bytearray.fromhex': decodeHex,
  'codecs.decode': decodeBy,
  'zlib.decompress': (text) => unpack(text, inflateSync),
  'gzip.decompress': (text) => unpack(text, gunzipSync),
  'zlib.inflateSync': (text) => unpack(text, inflateSync),
  'zlib.inflateRawSync': (text) => unpack(text, inflateRawSync),
  'zlib.gunzipSync': (text) => unpack(text, gunzipSync),
  'zlib.unzipSync': (text) => unpack(text, gunzipSync),
  atob: decodeBase64,
  unescape: (text) => decodeURIComponent(text),
  decodeURIComponent: (text) => decodeURIComponent(text),
  reversed: (text) => [...text].reverse().join(''),
}

function decodeBy(text: string, how: string): string {
  if (/rot_?13/i.test(how))
    return text.replace(/[a-z]/gi, (letter) =>
      fromCode(letter.charCodeAt(0) + (/[a-m]/i.test(letter) ? 13 : -13)),
    )
  if (/hex/i.test(how)) return decodeHex(text)
  return /base_?64/i.test(how) ? decodeBase64(text) : text
}

export function decodeBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('latin1')
}

function decodeHex(text: string): string {
  return Buffer.from(text.replace(/\s/g, ''), 'hex').toString('latin1')
}

function decodeBase32(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  let bits = 0
  let value = 0
  let out = ''
  for (const letter of text.toUpperCase()) {
    const digit = alphabet.indexOf(letter)
    if (digit < 0) continue
    value = ((value << 5) | digit) & 0xffff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      out += String.fromCharCode((value >> bits) & 0xff)
    }
  }
  return out
}

function unpack(
  text: string,
  inflate: (bytes: Buffer, options: { maxOutputLength: number }) => Buffer,
): string {
  return inflate(Buffer.from(text, 'latin1'), { maxOutputLength: limits.length }).toString('latin1')
}

/** Data that isn't what a decoder takes is nothing to fail for: the program would, too. */
export function attempt(work: () => string): string | null {
  try {
    return cut(work())
  } catch {
    return null
  }
}
