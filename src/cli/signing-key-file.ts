import { readFile } from 'node:fs/promises'
import { SkilletError } from '../shared/errors.ts'
import { parseSigningKey, type SigningKey } from '../trust/sign.ts'

/** A key of one's own, as `skillet keygen` writes it. @throws SkilletError NOT_FOUND, and what parseSigningKey throws */
export async function readSigningKey(file: string): Promise<SigningKey> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SkilletError('NOT_FOUND', `The key file ${file} can't be read.`, {
      remedy: 'Check the path, or make a key with skillet keygen.',
      cause,
    })
  })
  return parseSigningKey(text)
}
