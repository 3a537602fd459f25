import { Header } from 'tar/header'
import { Pax } from 'tar/pax'

const blockBytes = 512

export interface TarFile {
  readonly path: string
  readonly content: Uint8Array
  readonly executable: boolean
}

/**
 * An uncompressed tar of plain files: the same bytes for the same files, on every computer and at any time. No owner,
 * no clock, modes 0644 and 0755 only.
 */
export function tarBytes(files: readonly TarFile[]): Buffer {
  const parts = files.flatMap(({ path, content, executable }) => [
    tarHeader({ path, size: content.length, executable }),
    Buffer.from(content),
    tarPadding(content.length),
  ])
  return Buffer.concat([...parts, tarEnd])
}

/** What precedes the content of a file of `size` bytes. */
export function tarHeader(file: { path: string; size: number; executable: boolean }): Buffer {
  const fields = {
    path: file.path,
    mode: file.executable ? 0o755 : 0o644,
    uid: 0,
    gid: 0,
    size: file.size,
    mtime: new Date(0),
    type: 'File' as const,
    uname: '',
    gname: '',
  }
  const header = new Header(fields)
  if (!header.encode(Buffer.alloc(blockBytes))) {
    header.encode()
    return header.block!
  }
  // What a reader without pax would see: never cut off in the middle of a character.
  const plain = new Header({ ...fields, path: asciiName(file.path) })
  plain.encode()
  return Buffer.concat([new Pax({ path: file.path }).encode(), plain.block!])
}

/** What follows the content of a file of `size` bytes. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc(-size & (blockBytes - 1))
}

/** What follows the last file. */
export const tarEnd = Buffer.alloc(2 * blockBytes)

function asciiName(path: string): string {
  return path
    .replace(/[^\x20-\x7e]/g, '_')
    .slice(-90)
    .replace(/^\/+/, '')
}
