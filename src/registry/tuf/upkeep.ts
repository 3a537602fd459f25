import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { catalogPath, revocationsPath, signingKeysPath } from '../../shared/signed-targets.ts'
import { contentOf, type TargetsContent } from './metadata.ts'
import type { Repository } from './repository.ts'
import { binNames } from './roles.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/**
 * Signs anew what the online keys sign before it runs out: roles and snapshot in the last third of their time, the
 * timestamp hourly. What holds for longer than it may was signed while this computer's clock was ahead, and is signed
 * anew as well: clients take its times for granted. `bins`: looks at the bins as well, which together are as large as the
 * list of all releases.
 */
export async function renewOnline(repository: Repository, { bins }: { bins: boolean }): Promise<void> {
  const { state, now, lifetimes, commit } = repository
  const { snapshot, timestamp, role } = await state()
  const isDue = (expires: string, days: number) => {
    const leftMs = Date.parse(expires) - now().getTime()
    return leftMs < (days * dayMs) / 3 || leftMs > days * dayMs + hourMs
  }
  const roles = new Map<string, TargetsContent>()
  for (const name of ['registry', 'releases', ...(bins ? binNames : [])]) {
    const content = await role(name)
    if (isDue(content.expires, lifetimes.delegated)) roles.set(name, contentOf(content))
  }
  const ageMs = now().getTime() - Date.parse(timestamp['x-signed-at'])
  if (roles.size > 0) await commit({ roles })
  else if (isDue(snapshot.expires, lifetimes.snapshot)) await commit({ snapshot: true })
  else if (ageMs >= hourMs || ageMs < 0 || isDue(timestamp.expires, lifetimes.timestamp)) await commit({})
}

/**
 * Removes metadata and lists that something newer took the place of more than an hour ago; readers that began with the
 * old ones have finished by then. Roots stay: clients of any age follow them one by one. What a kill left goes as well.
 */
export async function removeSuperseded(repository: Repository): Promise<void> {
  const { state, files, now } = repository
  const { snapshot, timestamp, role } = await state()
  const isOld = async (file: string) => now().getTime() - (await stat(file)).mtimeMs > hourMs
  const remove = (file: string) => rm(file, { force: true })

  const current = new Map(Object.entries(snapshot.meta).map(([name, { version }]) => [name, version]))
  current.set('snapshot.json', timestamp.meta['snapshot.json'].version)
  const versions = new Map<string, number[]>()
  for (const name of await files.listMetadata()) {
    const file = join(files.metadataFolder, name)
    const [, version, of] = /^(\d+)\.([a-z0-9-]+\.json)$/.exec(name) ?? []
    if (of === undefined && name.endsWith('.tmp') && (await isOld(file))) await remove(file)
    if (version === undefined || of === undefined || of === 'root.json') continue
    versions.set(of, [...(versions.get(of) ?? []), Number(version)])
  }
  for (const [of, all] of versions) {
    const file = (version: number) => join(files.metadataFolder, `${version}.${of}`)
    const inOrder = all.filter((version) => version <= (current.get(of) ?? 0)).sort((a, b) => a - b)
    for (const [index, version] of inOrder.slice(0, -1).entries())
      if (await isOld(file(inOrder[index + 1]!))) await remove(file(version))
  }

  for (const path of [catalogPath, revocationsPath, signingKeysPath]) {
    const { targets } = await role(path === signingKeysPath ? 'targets' : 'registry')
    const present = `${targets[path]!.hashes.sha256}.${path}`
    const names = await readdir(files.targetsFolder)
    const found = await Promise.all(
      names
        .filter((name) => name.endsWith(`.${path}`))
        .map(async (name) => ({ name, at: (await stat(join(files.targetsFolder, name))).mtimeMs })),
    )
    found.sort((a, b) => a.at - b.at)
    for (const [index, { name }] of found.slice(0, -1).entries()) {
      const file = join(files.targetsFolder, name)
      if (name === present || !(await isOld(join(files.targetsFolder, found[index + 1]!.name)))) continue
      await remove(`${file}.gz`)
      await remove(file)
    }
    for (const name of names.filter((each) => each.endsWith('.tmp')))
      if (await isOld(join(files.targetsFolder, name))) await remove(join(files.targetsFolder, name))
  }
}
