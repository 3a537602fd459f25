import { SkilletError } from '../../shared/errors.ts'
import type { ReleaseFile } from '../../shared/release.ts'
import type { ArchiveFile } from '../../trust/archive.ts'

/** Holds what comes out of a tarball to the signed release: nothing missing, nothing more, nothing different. */
export interface PayloadCheck {
  /** What was signed about this file. Each file once. @throws SkilletError PAYLOAD_MISMATCH */
  expect(file: ArchiveFile): ReleaseFile
  /** @throws SkilletError PAYLOAD_MISMATCH */
  assertDigest(file: ReleaseFile, sha256: string): void
  /** Nothing more comes. @throws SkilletError PAYLOAD_MISMATCH */
  finish(): void
}

export function createPayloadCheck(files: readonly ReleaseFile[]): PayloadCheck {
  const expected = new Map(files.map((file) => [file.path, file]))
  return {
    expect({ path, size, executable }) {
      const file = expected.get(path)
      if (file === undefined) throw mismatch(`${path} is not part of it`)
      expected.delete(path)
      if (size !== file.size || executable !== file.executable)
        throw mismatch(`${path} is not as it was signed`)
      return file
    },
    assertDigest(file, sha256) {
      if (sha256 !== file.sha256) throw mismatch(`${file.path} is not as it was signed`)
    },
    finish() {
      const [missing] = expected.keys()
      if (missing !== undefined) throw mismatch(`${missing} is missing`)
    },
  }
}

/** Every folder that holds one of the files, from the top, `''` first, each behind the one that it lies in. */
export function foldersOf(files: readonly ReleaseFile[]): string[] {
  const folders = new Set([''])
  for (const { path } of files)
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1))
      folders.add(path.slice(0, slash))
  return [...folders]
}

/** Everybody may read, nobody may write; the umask may only take away. */
export function modeOf(file: ReleaseFile): number {
  return file.executable ? 0o555 : 0o444
}

function mismatch(what: string): SkilletError {
  return new SkilletError('PAYLOAD_MISMATCH', `The download differs from the signed release: ${what}.`)
}
