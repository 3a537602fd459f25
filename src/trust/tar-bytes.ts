import { Header, Pax } from 'tar'

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
  const parts: Buffer[] = []
  for (const file of files) {
    const fields = {
      path: file.path,
      mode: file.executable ? 0o755 : 0o644,
      uid: 0,
      gid: 0,
      size: file.content.length,
      mtime: new Date(0),
      type: 'File' as const,
      uname: '',
      gname: '',
    }
    let header = new Header(fields)
    if (header.encode(Buffer.alloc(blockBytes))) {
      parts.push(new Pax({ path: file.path }).encode())
      // What a reader without pax would see: never cut off in the middle of a character.
      header = new Header({ ...fields, path: asciiName(file.path) })
    }
    header.encode()
    parts.push(
      header.block!,
      Buffer.from(file.content),
      Buffer.alloc(-file.content.length & (blockBytes - 1)),
    )
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * blockBytes)])
}

function asciiName(path: string): string {
  return path
    .replace(/[^\x20-\x7e]/g, '_')
    .slice(-90)
    .replace(/^\/+/, '')
}
