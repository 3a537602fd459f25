import { dirname } from 'node:path'

/** What is bound one by one by bubblewrap, and what the launcher puts in its place from a few folders. */
export interface Staged {
  /** Folders that bubblewrap binds whole, out of the skill's sight: on this computer → inside. */
  readonly folders: readonly (readonly [source: string, stage: string])[]
  /** What the launcher binds from there before it takes the stages away: path on a stage → where the skill sees it. */
  readonly placed: readonly (readonly [from: string, onto: string])[]
  /** What lies too lonely to be worth it. */
  readonly alone: readonly (readonly [source: string, inside: string])[]
}

/** From how many neighbours on a folder pays: each thing that bubblewrap binds costs it 0.1 ms, the launcher a tenth. */
const NEIGHBOURS = 3

/** Sorts what is to be bound read-only by the folder that it lies in. `prefix` tells one call's stages from another's. */
export function stageByFolder(
  binds: Iterable<readonly [source: string, inside: string]>,
  prefix: string,
): Staged {
  const byFolder = new Map<string, (readonly [string, string])[]>()
  for (const bind of binds) {
    const folder = folderOf(bind[0])
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), bind])
  }
  const folders: [string, string][] = []
  const placed: [string, string][] = []
  const alone: (readonly [string, string])[] = []
  for (const [folder, neighbours] of byFolder) {
    // The root has everything beneath it.
    if (neighbours.length < NEIGHBOURS || folder === '/') {
      alone.push(...neighbours)
      continue
    }
    const stage = `${stageRoot}/${prefix}${folders.length}`
    folders.push([folder, stage])
    for (const [source, inside] of neighbours) placed.push([stage + source.slice(folder.length), inside])
  }
  return { folders, placed, alone }
}

/** `/usr` is one file system nearly everywhere, and nearly all that a program needs lies somewhere below it. */
function folderOf(source: string): string {
  return source.startsWith('/usr/') ? '/usr' : dirname(source)
}

const stageRoot = '/.stage'
