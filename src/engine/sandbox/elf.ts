import { open } from 'node:fs/promises'

const PT_LOAD_HEADERS_MAX = 128
const PT_DYNAMIC = 2
const PT_INTERP = 3

export interface ElfHeader {
  /** The dynamic loader that the file asks for; null for a static program or a library. */
  readonly interpreter: string | null
  readonly dynamic: boolean
}

/** Reads what the kernel's loader would read of a 64-bit little-endian ELF file (System V ABI, chapter 5); null for anything else. */
export async function readElfHeader(path: string): Promise<ElfHeader | null> {
  const file = await open(path, 'r')
  try {
    const read = async (length: number, position: number): Promise<Buffer> => {
      const buffer = Buffer.alloc(length)
      const { bytesRead } = await file.read(buffer, 0, length, position)
      return buffer.subarray(0, bytesRead)
    }
    const head = await read(64, 0)
    if (head.length < 64 || head.readUInt32BE(0) !== 0x7f454c46 || head[4] !== 2 || head[5] !== 1) return null
    const offset = Number(head.readBigUInt64LE(32))
    const size = head.readUInt16LE(54)
    const count = Math.min(head.readUInt16LE(56), PT_LOAD_HEADERS_MAX)
    const table = await read(size * count, offset)
    let interpreter: string | null = null
    let dynamic = false
    for (let at = 0; at + 56 <= table.length; at += size) {
      const type = table.readUInt32LE(at)
      if (type === PT_DYNAMIC) dynamic = true
      if (type !== PT_INTERP) continue
      const text = await read(
        Math.min(Number(table.readBigUInt64LE(at + 32)), 4096),
        Number(table.readBigUInt64LE(at + 8)),
      )
      interpreter = text.toString('utf8').replace(/\0.*$/s, '')
    }
    return { interpreter, dynamic }
  } finally {
    await file.close()
  }
}
