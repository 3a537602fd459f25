import { statfs } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { dirname } from 'node:path'
import type { Hardware } from '../../shared/hardware.ts'
import { askNvidia, type NvidiaAnswer } from './ask-nvidia.ts'
import { findProgram } from './programs.ts'
import type { System } from './system.ts'
import { systemOf } from './this-system.ts'

export interface ProbePorts {
  system?: System
  nvidia?: () => Promise<NvidiaAnswer>
  find?: (name: string) => Promise<string | null>
  /** How long any one question may take before its answer is "unknown". */
  timeoutMs?: number
}

const mebibyte = 1024 * 1024

/**
 * Looks at this computer: system, processor, memory, free disk space where `home` lies, graphics, CUDA and the named
 * programs. It never throws: what can't be found out in time is unknown, which no requirement takes for enough.
 */
export async function probeHardware(
  { home, programs }: { home: string; programs: readonly string[] },
  ports: ProbePorts = {},
): Promise<Hardware> {
  const {
    system = systemOf(process.platform),
    nvidia = askNvidia,
    find = findProgram,
    timeoutMs = 6000,
  } = ports
  const orElse = <T>(unknown: T, question: () => Promise<T>) => answer(question, unknown, timeoutMs)

  const [osName, diskFreeMb, listed, driver, found] = await Promise.all([
    orElse('unknown', system.osName),
    orElse(0, () => freeSpaceMb(home)),
    orElse<Hardware['gpus']>([], system.gpus),
    orElse<NvidiaAnswer>({ gpus: [], cuda: null }, nvidia),
    Promise.all(
      [...new Set(programs)].map(async (name) => [name, await orElse(null, () => find(name))] as const),
    ),
  ])
  return {
    os: osOf(process.platform),
    osName,
    arch: process.arch === 'x64' || process.arch === 'arm64' ? process.arch : 'other',
    cpu: cpus()[0]?.model.trim() || 'unknown',
    cores: cpus().length,
    memoryMb: Math.floor(totalmem() / mebibyte),
    diskFreeMb,
    gpus: mergeGpus(listed, driver.gpus),
    cuda: driver.cuda,
    executables: Object.fromEntries(found.filter((pair): pair is [string, string] => pair[1] !== null)),
  }
}

/** NVIDIA's driver knows its own cards best; where it is silent, the system at least saw that they are there. */
export function mergeGpus(listed: Hardware['gpus'], fromDriver: Hardware['gpus']): Hardware['gpus'] {
  const others = listed.filter((gpu) => gpu.vendor !== 'nvidia')
  const silent = listed.filter((gpu) => gpu.vendor === 'nvidia')
  return [...(fromDriver.length > 0 ? fromDriver : silent), ...others]
}

/** Free space for this user on the file system that holds `path`, or will hold it. */
async function freeSpaceMb(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path)
    return Math.floor((bavail * bsize) / mebibyte)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw error
    return freeSpaceMb(dirname(path))
  }
}

function osOf(platform: NodeJS.Platform): Hardware['os'] {
  return ({ linux: 'linux', darwin: 'macos', win32: 'windows' } as const)[platform as 'linux'] ?? 'other'
}

async function answer<T>(question: () => Promise<T>, unknown: T, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(unknown), timeoutMs)
  })
  try {
    return await Promise.race([question(), late])
  } catch {
    // "Unknown" is the whole answer; the requirement that needed to know will say so.
    return unknown
  } finally {
    clearTimeout(timer)
  }
}
