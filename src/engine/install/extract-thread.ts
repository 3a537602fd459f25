import { join } from 'node:path'
import type { ReleaseFile } from '../../shared/release.ts'
import { serveThread, type CallContext } from '../thread/serve.ts'
import { extractStream } from './extract-stream.ts'
import { digestFile } from './file-digest.ts'
import { foldersOf } from './payload.ts'
import { syncFolders, syncTree } from './sync-tree.ts'

export interface ExtractJob {
  readonly tarball: string
  readonly files: readonly ReleaseFile[]
  readonly folder: string
}

const calls = {
  /** Extracts and syncs; emits the fraction of files done. */
  async extract({ tarball, files, folder }: ExtractJob, { signal, emit }: CallContext): Promise<void> {
    const report = inSteps(files.length, emit)
    const folders = [...foldersOf(files).map((path) => join(folder, path)), join(folder, '..')]
    const atEnd = process.platform === 'linux'
    await extractStream(tarball, files, folder, { signal, onFile: report, syncEach: !atEnd })
    const paths = files.map(({ path }) => join(folder, path))
    await (atEnd ? syncTree(folder, paths, folders) : syncFolders(folders))
  },
  /** As `digestFile`; emits the fraction of bytes read. */
  async digest({ path, size }: { path: string; size: number }, { signal, emit }: CallContext) {
    return digestFile(path, size, { signal, onRead: inSteps(size, emit) })
  },
}
export type ExtractCalls = typeof calls

/** Tells of progress in whole percents: each message costs more than a small file. */
function inSteps(total: number, emit: (fraction: number) => void): (done: number) => void {
  let told = 0
  return (done) => {
    const percent = Math.floor((done / total) * 100)
    if (percent > told) emit((told = percent) / 100)
  }
}

serveThread(calls)
