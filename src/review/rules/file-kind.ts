/** What a file is by its first bytes, and what it carries besides. */
interface Signature {
  readonly what: string
  readonly bytes: readonly number[]
  /** Where they stand. */
  readonly at?: number
}

const programs: readonly Signature[] = [
  { what: 'a Linux program', bytes: [0x7f, 0x45, 0x4c, 0x46] },
  { what: 'a macOS program', bytes: [0xfe, 0xed, 0xfa, 0xce] },
  { what: 'a macOS program', bytes: [0xfe, 0xed, 0xfa, 0xcf] },
  { what: 'a macOS program', bytes: [0xce, 0xfa, 0xed, 0xfe] },
  { what: 'a macOS program', bytes: [0xcf, 0xfa, 0xed, 0xfe] },
  { what: 'a macOS program or Java class', bytes: [0xca, 0xfe, 0xba, 0xbe] },
  { what: 'a macOS program', bytes: [0xca, 0xfe, 0xba, 0xbf] },
  { what: 'a WebAssembly program', bytes: [0x00, 0x61, 0x73, 0x6d] },
  { what: 'an Android program', bytes: [0x64, 0x65, 0x78, 0x0a, 0x30] },
  { what: 'compiled Lua', bytes: [0x1b, 0x4c, 0x75, 0x61] },
  { what: 'LLVM bitcode', bytes: [0x42, 0x43, 0xc0, 0xde] },
  // CPython writes a version, then these two, for just this reason.
  { what: 'compiled Python', bytes: [0x0d, 0x0a], at: 2 },
  { what: 'a Windows program', bytes: [0x4d, 0x5a] },
  { what: 'a Windows shortcut', bytes: [0x4c, 0x00, 0x00, 0x00, 0x01, 0x14, 0x02, 0x00] },
]
const archives: readonly Signature[] = [
  { what: 'a zip archive', bytes: [0x50, 0x4b, 0x03, 0x04] },
  { what: 'a zip archive', bytes: [0x50, 0x4b, 0x05, 0x06] },
  { what: 'a gzip archive', bytes: [0x1f, 0x8b] },
  { what: 'a bzip2 archive', bytes: [0x42, 0x5a, 0x68] },
  { what: 'an xz archive', bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a] },
  { what: 'a Zstandard archive', bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { what: 'an LZ4 archive', bytes: [0x04, 0x22, 0x4d, 0x18] },
  { what: 'a 7z archive', bytes: [0x37, 0x7a, 0xbc, 0xaf] },
  { what: 'a rar archive', bytes: [0x52, 0x61, 0x72, 0x21] },
  { what: 'a cabinet archive', bytes: [0x4d, 0x53, 0x43, 0x46, 0x00] },
  { what: 'a package for Debian, or a library', bytes: [0x21, 0x3c, 0x61, 0x72, 0x63, 0x68, 0x3e, 0x0a] },
  { what: 'a package for Red Hat', bytes: [0xed, 0xab, 0xee, 0xdb] },
  { what: 'a tar archive', bytes: [0x75, 0x73, 0x74, 0x61, 0x72], at: 257 },
  { what: 'a disk image', bytes: [0x43, 0x44, 0x30, 0x30, 0x31], at: 32769 },
]
const images: readonly Signature[] = [
  { what: 'png', bytes: [0x89, 0x50, 0x4e, 0x47] },
  { what: 'jpeg', bytes: [0xff, 0xd8, 0xff] },
  { what: 'gif', bytes: [0x47, 0x49, 0x46, 0x38] },
  { what: 'webp', bytes: [0x52, 0x49, 0x46, 0x46] },
]

/** A program or an archive, in words; null for everything else. `isText`: the file can be read as text. */
export function binaryKind(content: Uint8Array, isText: boolean): string | null {
  // Two or three letters alone also begin ordinary text.
  return (
    [...programs, ...archives].find((one) => matches(content, one) && (one.bytes.length > 3 || !isText))
      ?.what ?? null
  )
}

export function isPicture(content: Uint8Array): boolean {
  return images.some((one) => matches(content, one))
}

/** What hangs on behind a picture's end, or stands at the end of any file that isn't an archive by its beginning. */
export function carriedKind(content: Uint8Array): string | null {
  const end = pictureEnd(content)
  if (end !== null && end < content.length) {
    const kind = binaryKind(content.subarray(end), false)
    if (kind !== null) return kind
  }
  // A zip archive is found from its end, so whatever comes before is hidden from whoever looks at the beginning.
  const tail = content.subarray(Math.max(0, content.length - 65_557))
  for (let at = tail.length - 22; at >= 0; at--)
    if (tail[at] === 0x50 && tail[at + 1] === 0x4b && tail[at + 2] === 0x05 && tail[at + 3] === 0x06)
      return 'a zip archive'
  return null
}

/** Where the picture ends by its own format; null for other files. */
function pictureEnd(content: Uint8Array): number | null {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength)
  if (matches(content, images[0]!)) {
    // PNG, section 5.3: length, type, data, checksum, until IEND.
    for (let at = 8; at + 12 <= content.length;) {
      const length = view.getUint32(at)
      const isEnd = view.getUint32(at + 4) === 0x49454e44
      at += 12 + length
      if (isEnd) return at
    }
    return null
  }
  if (matches(content, images[3]!))
    return content.length >= 12 ? 8 + view.getUint32(4, true) + (view.getUint32(4, true) & 1) : null
  if (matches(content, images[1]!)) {
    const at = lastIndexOf(content, [0xff, 0xd9])
    return at < 0 ? null : at + 2
  }
  if (matches(content, images[2]!)) return gifEnd(content)
  return null
}

/** GIF89a, section 17 and following: blocks that each say how long they are, until the trailer. */
function gifEnd(content: Uint8Array): number | null {
  const colours = (at: number) => {
    const packed = content[at] ?? 0
    return packed & 0x80 ? 3 << ((packed & 7) + 1) : 0
  }
  const afterParts = (at: number) => {
    while (at < content.length && content[at] !== 0) at += 1 + content[at]!
    return at + 1
  }
  let at = 13 + colours(10)
  while (at < content.length) {
    if (content[at] === 0x3b) return at + 1
    if (content[at] === 0x21) at = afterParts(at + 2)
    else if (content[at] === 0x2c) at = afterParts(at + 11 + colours(at + 9))
    else return null
  }
  return null
}

function lastIndexOf(content: Uint8Array, bytes: readonly number[]): number {
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength).lastIndexOf(
    Uint8Array.from(bytes),
  )
}

function matches(content: Uint8Array, { bytes, at = 0 }: Signature): boolean {
  return bytes.every((byte, index) => content[at + index] === byte)
}
