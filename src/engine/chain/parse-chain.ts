import { parse, TomlError } from 'smol-toml'
import type { z } from 'zod'
import { keyName, wordsOf } from '../../review/schema-words.ts'
import { findKeyLines, lineOfKey, type KeyLines } from '../../review/toml-lines.ts'
import { chainFileSchema, type ChainDefinition } from '../../shared/chain.ts'
import { SkilletError } from '../../shared/errors.ts'

/** Bytes of a chain's file; a longer one is refused before anything parses it. */
export const maxChainBytes = 64 * 1024

/**
 * Reads a chain's file; `file` is what messages call it.
 * @throws SkilletError CHAIN_INVALID that names the key and the line of everything that is wrong
 */
export function parseChain(text: string, file: string): ChainDefinition {
  if (Buffer.byteLength(text) > maxChainBytes) throw invalid(file, ['It is larger than 64 KB.'])
  let raw: unknown
  try {
    raw = parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const what = (error.message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '')
    throw invalid(file, [`Line ${error.line}: this line is not TOML: ${what}.`])
  }
  const result = chainFileSchema.safeParse(raw)
  if (result.success) return result.data
  const lines = findKeyLines(text)
  throw invalid(
    file,
    result.error.issues.flatMap((issue) => sentencesOf(issue, lines)),
  )
}

function sentencesOf(issue: z.core.$ZodIssue, lines: KeyLines): string[] {
  const say = (path: readonly PropertyKey[], words: string) => {
    const line = lineOfKey(lines, path)
    return `${line === null ? '' : `Line ${line}: `}${words}.`
  }
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => {
      const path = [...issue.path, key]
      return say(path, `${keyName(path)} is not a key that a chain may have`)
    })
  return [say(issue.path, `${keyName(issue.path)}: ${wordsOf(issue)}`)]
}

function invalid(file: string, sentences: readonly string[]): SkilletError {
  return new SkilletError('CHAIN_INVALID', `${file} is not valid. ${sentences.join(' ')}`, {
    remedy: 'Correct it; docs/formats.md says what each key of a chain may hold.',
  })
}
