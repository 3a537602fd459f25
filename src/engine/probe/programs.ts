import { constants } from 'node:fs'
import { access, open, realpath, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { isBinary } from './binary.ts'

export interface ProgramFinderOptions {
  /** `PATH`, read at each call so that a changed one counts. */
  path?: () => string
  /** Looked at after `PATH`, in this order. */
  extraFolders?: readonly string[]
  /** How long an answer stays good, in milliseconds. */
  cacheMs?: number
  now?: () => number
}

const programName = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/

/**
 * A function that finds the real binary behind a program's name: links resolved, and an ELF, Mach-O or PE image.
 * A shell shim such as pyenv's `python3` is passed over and the next candidate is tried, since a sandbox that binds
 * exactly the program it allows has no use for a script that looks for the program. Null where there is none.
 */
export function createProgramFinder(
  options: ProgramFinderOptions = {},
): (name: string) => Promise<string | null> {
  const {
    path = () => process.env['PATH'] ?? process.env['Path'] ?? '',
    extraFolders = systemFolders(process.platform),
    cacheMs = 5000,
    now = Date.now,
  } = options
  const known = new Map<string, { path: string; found: Promise<string | null>; until: number }>()

  return (name) => {
    if (!programName.test(name)) return Promise.resolve(null)
    const searched = path()
    const cached = known.get(name)
    if (cached && cached.path === searched && cached.until > now()) return cached.found
    const found = firstBinary(name, foldersOf(searched, extraFolders))
    known.set(name, { path: searched, found, until: now() + cacheMs })
    return found
  }
}

/** Finds the real binary behind a program's name on this computer. Answers are kept for five seconds. */
export const findProgram = createProgramFinder()

/** A relative entry in PATH would mean a different program in every working folder, so none counts. */
function foldersOf(path: string, extraFolders: readonly string[]): string[] {
  return [...new Set([...path.split(delimiter).filter((folder) => isAbsolute(folder)), ...extraFolders])]
}

function systemFolders(platform: NodeJS.Platform): string[] {
  switch (platform) {
    case 'win32':
      return [join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32')]
    case 'darwin':
      return ['/usr/local/bin', '/opt/homebrew/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin']
    default:
      // The last one is where WSL puts nvidia-smi.
      return ['/usr/local/bin', '/usr/bin', '/bin', '/usr/lib/wsl/lib']
  }
}

async function firstBinary(name: string, folders: readonly string[]): Promise<string | null> {
  const names = process.platform === 'win32' && !/\.exe$/i.test(name) ? [`${name}.exe`] : [name]
  for (const folder of folders)
    for (const file of names) {
      const found = await binaryAt(join(folder, file))
      if (found !== null) return found
    }
  return null
}

/** The real path, or null where there is nothing that this user may start. */
async function binaryAt(candidate: string): Promise<string | null> {
  try {
    const real = await realpath(candidate)
    if (!(await stat(real)).isFile()) return null
    await access(real, constants.X_OK)
    const file = await open(real, 'r')
    try {
      const start = Buffer.alloc(64)
      const { bytesRead } = await file.read(start, 0, start.length, 0)
      return isBinary(start.subarray(0, bytesRead)) ? real : null
    } finally {
      await file.close()
    }
  } catch {
    // Missing, a dangling link, or not ours to read or start: in each case the search goes on.
    return null
  }
}
