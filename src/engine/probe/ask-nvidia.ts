import { execFile } from 'node:child_process'
import type { Hardware } from '../../shared/hardware.ts'
import { gpuQuery, parseCudaVersion, parseGpuQuery, parseMigSlices, withMigSlices } from './nvidia.ts'
import { findProgram } from './programs.ts'

export interface NvidiaAnswer {
  gpus: Hardware['gpus']
  cuda: string | null
}

/** How long a driver may take to answer, in milliseconds; the first call after a boot loads it. */
const timeoutMs = 5000

/** Asks the NVIDIA driver for its cards and CUDA version. Without a driver, or one that fails: none. */
export async function askNvidia(find = findProgram): Promise<NvidiaAnswer> {
  const program = await find('nvidia-smi')
  if (program === null) return { gpus: [], cuda: null }
  const [cards, banner] = await Promise.all([ask(program, gpuQuery), ask(program, [])])
  return {
    gpus: withMigSlices(parseGpuQuery(cards ?? ''), parseMigSlices(banner ?? '')),
    cuda: parseCudaVersion(banner ?? ''),
  }
}

/** Standard output, or null where the program failed or took too long. */
function ask(program: string, args: readonly string[]): Promise<string | null> {
  return new Promise((done) => {
    execFile(
      program,
      [...args],
      { timeout: timeoutMs, killSignal: 'SIGKILL', windowsHide: true, env: { ...process.env, LC_ALL: 'C' } },
      (error, stdout) => done(error ? null : stdout),
    )
  })
}
