import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createIndexBuilder } from '../../src/engine/catalog/build-index.ts'
import { createLoadedCatalog, type LoadedCatalog } from '../../src/engine/catalog/loaded-catalog.ts'
import type { SearchIndex } from '../../src/engine/catalog/search-index.ts'
import { catalogEntrySchema, type CatalogEntry } from '../../src/shared/catalog.ts'
import type { Hardware } from '../../src/shared/hardware.ts'

/** An entry of the catalog; what isn't given is unremarkable. */
export function catalogEntry(
  slug: string,
  fields: Partial<CatalogEntry> | { requires: object } = {},
): CatalogEntry {
  return catalogEntrySchema.parse({
    slug,
    version: '1.0.0',
    title: slug,
    summary: 'Does it.',
    publisher: 'northwind',
    category: 'data',
    tags: [],
    tier: 'free',
    capabilities: [],
    needsKey: false,
    requires: {},
    alternatives: [],
    publishedAt: '2026-11-01T00:00:00Z',
    ...fields,
  })
}

/** `catalog.json` as a registry writes it: sorted, one entry on each line. */
export function catalogBytes(entries: readonly CatalogEntry[]): Buffer {
  const sorted = [...entries].sort((a, b) => (a.slug < b.slug ? -1 : 1))
  return Buffer.from(
    `{"schema":1,"skills":[\n${sorted.map((entry) => `${JSON.stringify(entry)}`).join(',\n')}${sorted.length === 0 ? '' : '\n'}]}\n`,
  )
}

/** Read in parts of `partSize` bytes, as a large file is. */
export function indexOf(bytes: Buffer, partSize = bytes.length): SearchIndex {
  const builder = createIndexBuilder(bytes.length)
  let rest = Buffer.alloc(0)
  for (let at = 0; at < bytes.length; at += partSize) {
    const part = Buffer.concat([rest, bytes.subarray(at, at + partSize)])
    rest = part.subarray(builder.read(part))
  }
  builder.end(rest.length)
  return builder.finish()
}

export function loadCatalog(bytes: Buffer): LoadedCatalog {
  return createLoadedCatalog((start, end) => bytes.subarray(start, end), indexOf(bytes))
}

export async function writeCatalog(
  path: string,
  entries: readonly CatalogEntry[],
): Promise<{ path: string; sha256: string }> {
  const bytes = catalogBytes(entries)
  await writeFile(path, bytes)
  return { path, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** A modest Linux computer with Python. */
export const modestComputer: Hardware = {
  os: 'linux',
  osName: 'Linux',
  arch: 'x64',
  cpu: 'A processor',
  cores: 4,
  memoryMb: 8192,
  diskFreeMb: 10_000,
  gpus: [],
  cuda: null,
  executables: { python3: '/usr/bin/python3' },
}
