import { createHash } from 'node:crypto'
import { z } from 'zod'
import { SkilletError } from '../../../shared/errors.ts'
import { parseEntry } from '../entry.ts'

/** Bytes as base64url without padding, in the one spelling that they have. */
const bytes = (length?: number) =>
  z.string().refine((text) => {
    const decoded = Buffer.from(text, 'base64url')
    return decoded.toString('base64url') === text && (length === undefined || decoded.length === length)
  })

/** AES-256-GCM (NIST SP 800-38D): a random 96-bit nonce, the ciphertext, the 128-bit tag. */
const sealed = { nonce: bytes(12), data: bytes(), tag: bytes(16) }

const entrySchema = z.string().refine((entry) => parseEntry(entry) !== null)
const countSchema = z.int().positive()

/** Argon2id (RFC 9106), version 0x13, 32 bytes long. Upper limits, so that no file makes Skillet compute for hours. */
const kdfSchema = z.strictObject({
  name: z.literal('argon2id'),
  memoryKib: z.int().min(8).max(1_048_576),
  passes: z.int().min(1).max(64),
  lanes: z.literal(1),
  salt: bytes(16),
})
export type Kdf = z.infer<typeof kdfSchema>

const headerSchema = z.strictObject({
  schema: z.literal(1),
  vault: bytes(16),
  kdf: kdfSchema,
  /** The vault key, under the key from the passphrase. */
  key: z.strictObject({ id: bytes(8), ...sealed }),
})
export type VaultHeader = z.infer<typeof headerSchema>

/** What the vault holds: for each entry the number of the write that made it and the tag of its record. */
const setSchema = z.strictObject({
  generation: countSchema,
  entries: z.array(z.strictObject({ entry: entrySchema, version: countSchema, tag: bytes(16) })),
})
export type VaultSet = z.infer<typeof setSchema>
export type Listed = VaultSet['entries'][number]

const recordSchema = z.strictObject({ entry: entrySchema, key: bytes(8), version: countSchema, ...sealed })
export type VaultRecord = z.infer<typeof recordSchema>

/** A vault's file, taken apart. Nothing of it is believed before `open.ts` has judged it. */
export interface VaultFile {
  readonly header: VaultHeader
  readonly set: VaultSet
  /** What the MAC is over. */
  readonly headLines: string
  readonly mac: string
  readonly records: readonly { readonly line: string; readonly record: VaultRecord }[]
  /** Lines that are no record. */
  readonly unreadable: number
}

/** The MAC is over the lines of header and set, so neither goes with another's. */
export const headLinesOf = (headerLine: string, setLine: string) => `${headerLine}\n${setLine}\n`

export function formatVault(
  header: VaultHeader,
  set: VaultSet,
  macOf: (headLines: string) => string,
  recordLines: readonly string[],
): string {
  const [headerLine, setLine] = [JSON.stringify(header), JSON.stringify(set)]
  const mac = macOf(headLinesOf(headerLine, setLine))
  return [headerLine, checksum(headerLine), setLine, mac, ...recordLines, ''].join('\n')
}

/**
 * Lines: header · its SHA-256 · set · MAC · a record each. The checksum needs no key: it tells a damaged header from a wrong
 * passphrase.
 * @throws SkilletError VAULT_CUT_SHORT where the file ends before its records begin; VAULT_DAMAGED
 */
export function parseVault(text: string, file: string): VaultFile {
  const [headerLine, sum, setLine, mac, ...rest] = text.split('\n')
  if (rest.length === 0)
    throw new SkilletError('VAULT_CUT_SHORT', `${file}, where your keys are kept, is cut short.`)
  // What follows the last line break was being written, or is nothing.
  const lines = rest.slice(0, -1)
  if (checksum(headerLine!) !== sum) throw altered(file)
  const header = parseLine(headerSchema, headerLine!)
  const set = parseLine(setSchema, setLine!)
  if (header === null || set === null) throw altered(file)
  const records = lines.flatMap((line) => {
    const record = parseLine(recordSchema, line)
    return record === null ? [] : [{ line, record }]
  })
  return {
    header,
    set,
    headLines: headLinesOf(headerLine!, setLine!),
    mac: mac!,
    records,
    unreadable: lines.length - records.length,
  }
}

export function altered(file: string): SkilletError {
  return new SkilletError('VAULT_DAMAGED', `${file}, where your keys are kept, was altered.`)
}

const checksum = (line: string) => createHash('sha256').update(line).digest('base64url')

/** Null for anything but exactly what would be written. */
function parseLine<T extends z.ZodType>(schema: T, line: string): z.output<T> | null {
  try {
    const value = schema.parse(JSON.parse(line))
    return JSON.stringify(value) === line ? value : null
  } catch {
    return null
  }
}
