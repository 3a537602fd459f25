import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { readJson, writeFileAtomic } from '../../../engine/disk.ts'

const fileSchema = z.strictObject({ schema: z.literal(1), name: z.string(), token: z.string() })

export interface TokenFile {
  read(): Promise<string | null>
  write(token: string): Promise<void>
  forget(): Promise<void>
}

/** Where `skillet mcp` keeps the token that it was given for the agent of this name; mode 0600. */
export function createTokenFile(home: string, name: string): TokenFile {
  // Names may be in any alphabet, and differ in their case alone.
  const file = join(home, 'agents-stdio', `${Buffer.from(name).toString('hex')}.json`)
  return {
    read: async () => (await readJson(file, () => fileSchema))?.token ?? null,
    write: (token) => writeFileAtomic(file, `${JSON.stringify({ schema: 1, name, token })}\n`),
    forget: () => rm(file, { force: true }),
  }
}
