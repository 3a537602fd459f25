import { execFile } from 'node:child_process'
import { parsePolicyStrings } from '../../../shared/parse-managed-policy.ts'
import { invalidPolicy, policyOrThrow, type PolicySource } from './source.ts'

/** Only administrators can write below it. */
const parentKey = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies'
export const policyKey = `${parentKey}\\Skillet`

/** Never looked up by name: the folder that a program is started in comes before Windows' own. */
const regExe = 'C:\\Windows\\System32\\reg.exe'

/** What `reg.exe` printed, and whether it found what it was asked for. */
export interface RegAnswer {
  readonly found: boolean
  readonly stdout: Buffer
}

export type AskReg = (args: readonly string[]) => Promise<RegAnswer>

/**
 * The values of `HKLM\SOFTWARE\Policies\Skillet`, all strings. `reg.exe` ends with the same status for a key that isn't
 * there and one that it may not read; so the key above, which is always there, is asked for its name first.
 */
export function createWindowsRegistrySource(ask: AskReg = askReg): PolicySource {
  const invalid = (problem: string, cause?: unknown) => invalidPolicy(policyKey, problem, cause)
  async function query(key: string): Promise<RegAnswer> {
    try {
      return await ask(['query', key, '/reg:64'])
    } catch (error) {
      throw invalid("can't be read", error)
    }
  }
  return {
    place: policyKey,
    async read() {
      const parent = await query(parentKey)
      if (!parent.found) throw invalid("can't be looked up")
      const names = linesOf(parent.stdout.toString('latin1')).map((line) => line.trim().toLowerCase())
      if (!names.includes(policyKey.toLowerCase())) return null
      const { found, stdout } = await query(policyKey)
      if (!found) throw invalid("can't be read")
      return policyOrThrow(policyKey, parsePolicyStrings(valuesIn(stdout, invalid)))
    },
  }
}

/** `    NAME    REG_SZ    VALUE`, a line each, under the key's own line. */
function valuesIn(stdout: Buffer, invalid: (problem: string) => Error): Record<string, string> {
  // In the code page of the console, of which Node knows nothing.
  if (stdout.some((byte) => byte >= 0x80))
    throw invalid('has letters that can’t be read from here: write them as \\u00e9, in quotation marks')
  const [key, ...lines] = linesOf(stdout.toString('latin1'))
  if (key?.trim().toLowerCase() !== policyKey.toLowerCase()) throw invalid("can't be understood")
  const values = lines.flatMap((line): [string, string][] => {
    const [, name, type, value = ''] = /^ {4}(.+?) {4}(REG_[A-Z_]+)(?: {4}(.*))?$/.exec(line) ?? []
    if (name === undefined) throw invalid(`has what no policy has: ${line.trim().slice(0, 100)}`)
    // The key's own value, which has no name; what stands for it is in Windows' language.
    if (/^\(.+\)$/.test(name)) return []
    if (type !== 'REG_SZ') throw invalid(`has a value that is no string (REG_SZ): ${name}`)
    return [[name, value]]
  })
  return Object.fromEntries(values)
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '')
}

const askReg: AskReg = (args) =>
  new Promise((answer, fail) => {
    execFile(
      regExe,
      [...args],
      {
        // Nothing of this process's environment decides what is read.
        env: { SystemRoot: 'C:\\Windows' },
        cwd: 'C:\\Windows\\System32',
        encoding: 'buffer',
        timeout: 10_000,
        maxBuffer: 4 * 1024 * 1024,
        windowsHide: true,
      },
      (error, stdout) => {
        if (error === null) answer({ found: true, stdout })
        else if (error.code === 1) answer({ found: false, stdout })
        else fail(error)
      },
    )
  })
