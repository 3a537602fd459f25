import { randomBytes } from 'node:crypto'
import type { TarFile } from '../../src/trust/tar-bytes.ts'

export interface ContentShape {
  readonly files: number
  readonly bytes: number
  /** Share of the files that can't be compressed, such as images; the others are text. From 0 to 1. */
  readonly random: number
}

/** Files of about the same size in folders of fifty, with a SKILL.md. */
export function makeContent({ files, bytes, random }: ContentShape): TarFile[] {
  const size = Math.floor(bytes / files)
  const words = makeWords()
  return Array.from({ length: files }, (_, index) => {
    const isRandom = Math.floor((index + 1) * random) > Math.floor(index * random)
    const name = `part-${Math.floor(index / 50)}/file-${index}.${isRandom ? 'bin' : 'txt'}`
    return {
      path: index === 0 ? 'SKILL.md' : name,
      content: isRandom ? new Uint8Array(randomBytes(size)) : makeText(words, size),
      executable: index % 40 === 7,
    }
  })
}

function makeWords(): string[] {
  return Array.from({ length: 4000 }, () =>
    randomBytes(2 + Math.floor(Math.random() * 5)).toString('base64url'),
  )
}

function makeText(words: readonly string[], size: number): Uint8Array {
  const parts: string[] = []
  for (let length = 0; length < size;) {
    const word = words[Math.floor(Math.random() ** 2 * words.length)]!
    parts.push(word)
    length += word.length + 1
  }
  return new Uint8Array(Buffer.from(parts.join(' ')).subarray(0, size))
}
