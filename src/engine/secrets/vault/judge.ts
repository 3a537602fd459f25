import type { SecretDamage } from '../../../shared/contract/keys.ts'
import { altered, type Listed, type VaultFile, type VaultRecord } from './format.ts'
import { sameText, type VaultKeys } from './crypt.ts'

/** One entry of an open vault. A damaged one keeps its line, so that nothing is lost while others change. */
export interface VaultEntry extends Listed {
  readonly line: string | null
  /** Null where it is damaged. */
  readonly record: VaultRecord | null
  readonly damage: SecretDamage | null
}

export interface VaultContents {
  readonly generation: number
  readonly entries: ReadonlyMap<string, VaultEntry>
}

/**
 * Holds what a file says against the vault's keys. The set is all right or the vault is refused: without it nobody knows
 * what belongs into the vault. A record that isn't the one that the set lists is damaged alone, and the others are as good
 * as before.
 * @throws SkilletError VAULT_DAMAGED
 */
export function judgeVault(file: VaultFile, keys: VaultKeys, path: string): VaultContents {
  if (!sameText(keys.macOf(file.headLines), file.mac)) throw altered(path)
  const byEntry = new Map<string, { line: string; record: VaultRecord }[]>()
  for (const one of file.records) {
    const same = byEntry.get(one.record.entry)
    if (same === undefined) byEntry.set(one.record.entry, [one])
    else same.push(one)
  }
  const listedEntries = new Set(file.set.entries.map(({ entry }) => entry))
  const tags = new Set(file.set.entries.map(({ tag }) => tag))
  // One whose name was altered is no record of this vault either.
  const strange =
    file.unreadable + file.records.filter(({ record }) => !listedEntries.has(record.entry)).length

  const judge = (listed: Listed): VaultEntry => {
    const claiming = byEntry.get(listed.entry) ?? []
    const found = claiming.find(({ record }) => record.tag === listed.tag)
    if (found !== undefined && opens(keys, found.record, listed)) return { ...listed, ...found, damage: null }
    const other = found ?? claiming[0]
    return { ...listed, line: other?.line ?? null, record: null, damage: damageOf(other?.record, listed) }
  }
  const damageOf = (record: VaultRecord | undefined, listed: Listed): SecretDamage => {
    if (record === undefined) return strange > 0 ? 'altered' : 'missing'
    if (record.tag === listed.tag) return 'altered'
    if (tags.has(record.tag)) return 'swapped'
    return record.version < listed.version && opens(keys, record, record) ? 'older' : 'altered'
  }
  return {
    generation: file.set.generation,
    entries: new Map(file.set.entries.map((listed) => [listed.entry, judge(listed)])),
  }
}

function opens(keys: VaultKeys, record: VaultRecord, as: Pick<Listed, 'entry' | 'version'>): boolean {
  // The tag covers neither of them by itself: they would be written back as they stand here.
  if (record.key !== keys.id || record.version !== as.version) return false
  const plain = keys.open(record, as)
  plain?.fill(0)
  return plain !== null
}
