import { execFile } from 'node:child_process'
import { open } from 'node:fs/promises'
import { syncFolder } from '../disk.ts'

/** As many as the system's thread pool works on, and a few that wait. */
const atOnce = 16

/**
 * Has files and folders on disk when it returns, on Linux. Node can't call syncfs(2), which is far cheaper for many files
 * than a sync of each: a program that every distribution has does it, and where that fails each file is synced.
 * @param folder lies on the same file system as all of them
 */
export async function syncTree(
  folder: string,
  files: readonly string[],
  folders: readonly string[],
): Promise<void> {
  if (await syncFileSystem(folder)) return
  await inParallel(files, syncReadOnly)
  await syncFolders(folders)
}

export async function syncFolders(folders: readonly string[]): Promise<void> {
  await inParallel(folders, syncFolder)
}

function syncFileSystem(folder: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile('sync', ['-f', folder], (error) => resolve(error === null))
  })
}

/** Not on Windows, which syncs only what is open for writing. */
async function syncReadOnly(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

async function inParallel(paths: readonly string[], work: (path: string) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < paths.length) await work(paths[next++]!)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
