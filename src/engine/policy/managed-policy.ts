import { lstatSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import type { Doctor } from '../../shared/contract/overview.ts'
import { toSkilletError } from '../../shared/errors.ts'
import type { ManagedPolicy } from '../../shared/managed-policy.ts'
import { meetManaged } from './meet-managed.ts'
import { builtInPolicyFile, systemPolicyFile } from './policy-places.ts'
import { createFileSource } from './sources/file.ts'
import { createManagedPreferencesSource } from './sources/managed-preferences.ts'
import type { PolicySource } from './sources/source.ts'
import { createWindowsRegistrySource } from './sources/windows-registry.ts'

/** What administrators decided for this computer. */
export interface ManagedPolicySource {
  /** Anew at each call; null where there is none. @throws SkilletError POLICY_INVALID: then nothing installs or runs */
  read(): Promise<ManagedPolicy | null>
}

/** The stricter of all sources, where there are several; those named first count where neither is stricter. */
export function createManagedPolicy(sources: readonly PolicySource[]): ManagedPolicySource {
  return {
    async read() {
      const read = await Promise.all(sources.map((source) => source.read()))
      return meetManaged(read.filter((policy) => policy !== null))
    },
  }
}

/**
 * The sources that a computer has: what is built into the program, the system's own place for administrators, and
 * `/etc/skillet/policy.json`. `programFolder`: one of the program's own folders, such as `out/main`. Neither the environment nor
 * anything of the user's decides about any of them.
 */
export function policySources(
  programFolder: string,
  platform: NodeJS.Platform = process.platform,
): readonly PolicySource[] {
  const builtIn = builtInPolicyFile(programFolder)
  const sources = [createFileSource(builtIn, [0, ownerOf(dirname(builtIn))])]
  if (platform === 'win32') return [...sources, createWindowsRegistrySource()]
  if (platform === 'darwin')
    sources.push(createManagedPreferencesSource(null), createManagedPreferencesSource(userInfo().username))
  return [...sources, createFileSource(systemPolicyFile, [0])]
}

/** Where a preconfigured build has its pictures, and who may have put them there. */
export function brandOf(programFolder: string): { path: string; owners: readonly number[] } {
  const resources = dirname(builtInPolicyFile(programFolder))
  return { path: join(resources, 'brand'), owners: [0, ownerOf(resources)] }
}

/** For whoever looks at this computer. Never throws. */
export async function stateOfPolicy(managed: ManagedPolicySource): Promise<Doctor['policy']> {
  try {
    const policy = await managed.read()
    return { managed: policy !== null, organisation: policy?.organisation ?? null, problem: null }
  } catch (error) {
    return { managed: true, organisation: null, problem: toSkilletError(error).toPlain() }
  }
}

/** Whoever may replace the program may replace what is built into it. */
function ownerOf(folder: string): number {
  return lstatSync(folder, { throwIfNoEntry: false })?.uid ?? 0
}
