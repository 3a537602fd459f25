import { createHash } from 'node:crypto'
import { realpath, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { PlaceState } from '../../shared/contract/agents.ts'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import type { Release } from '../../shared/release.ts'
import { decodeBase64 } from '../../trust/base64.ts'
import { parseEnvelope } from '../../trust/envelope.ts'
import { parseRelease } from '../../trust/verify-release.ts'
import { exists, makeFolder, toDiskError, writeNewFile } from '../disk.ts'
import { discard, envelopeOf, namesIn, type InstallRecord, type Store } from '../install/store.ts'
import { copyState, putCopy, takeCopy } from './own-copy.ts'
import { linkState, putLink, takeLink } from './own-link.ts'
import { readPlaces, writePlaces, type Place } from './placements.ts'
import { readView, type ViewFile } from './view.ts'

/**
 * Brings agents' folders in line with a skill's record: what agents see of the version in force, or nothing where it was
 * withdrawn or removed (`record` null). The store's lock must be held. Gives what couldn't be done; no trouble in an
 * agent's folder may keep the store from changing. Safe to be cut short and done again.
 */
export async function followRecord(
  store: Store,
  slug: string,
  record: InstallRecord | null,
): Promise<SkilletError[]> {
  const { paths } = store
  // Most skills lie with no agent, and this is asked at each start.
  if (!(await exists(join(paths.placements, `${slug}.json`)))) return []
  const problems: SkilletError[] = []
  const attempt = <T>(work: () => Promise<T>) =>
    work().catch((error: unknown) => {
      problems.push(toSkilletError(toDiskError(error)))
      return null
    })
  await attempt(async () => {
    let places = await readPlaces(paths, slug)
    const inForce = record === null || record.withdrawn !== null ? null : record
    const view = inForce === null ? null : await attempt(() => viewOf(store, inForce))
    // Where all links lead, so that they show nothing at once.
    const linked = places.some(({ how, leaving }) => how === 'link' && !leaving)
    await attempt(() =>
      view === null || !linked ? discard(join(paths.placed, slug)) : putTarget(store, slug, view),
    )
    for (const { id } of [...places]) {
      // Written down at each step: the next one may be cut short.
      const save = async (change: Place | null) => {
        places = places.flatMap((one) => (one.id !== id ? [one] : change === null ? [] : [change]))
        await writePlaces(paths, slug, places)
      }
      const place = places.find((one) => one.id === id)!
      await attempt(() =>
        view === null || place.leaving
          ? take(store, slug, place, record !== null && record.withdrawn !== null, save)
          : put(store, slug, place, view, save),
      )
    }
  })
  return problems
}

/** What agents get to see of an installed version. @throws SkilletError INTEGRITY_BROKEN, PERMISSION_DENIED, STORE_DAMAGED */
export async function viewOf(store: Store, record: InstallRecord): Promise<ViewFile[]> {
  return readView(store.filesOf(record), releaseIn(record))
}

/** What a record's release says. Whoever puts a skill in place has verified its signature; here only its files count. */
export function releaseIn(record: InstallRecord): Release {
  const payload = decodeBase64(parseEnvelope(envelopeOf(record)).payload)
  if (payload === null) throw new SkilletError('STORE_DAMAGED', `The record of ${record.slug} is damaged.`)
  return parseRelease(payload)
}

/** How a place looks now; reads only. */
export async function stateOf(
  store: Store,
  slug: string,
  place: Place,
  view: readonly ViewFile[] | null,
): Promise<PlaceState | 'outdated'> {
  if (!(await isStillThere(place.folder))) return 'moved'
  const at = join(place.folder, slug)
  return place.how === 'link' ? linkState(at, join(store.paths.placed, slug)) : copyState(at, place, view)
}

type Save = (place: Place | null) => Promise<void>

async function put(
  store: Store,
  slug: string,
  place: Place,
  view: readonly ViewFile[],
  save: Save,
): Promise<void> {
  const state = await stateOf(store, slug, place, view)
  // An agent that is gone gets nothing; what somebody edited or put there stays as it is. The list of agents says so.
  if (state !== 'missing' && state !== 'outdated') return
  const at = join(place.folder, slug)
  if (place.how === 'link') {
    if (await putLink(at, join(store.paths.placed, slug))) return
    place = { ...place, how: 'copy' }
  }
  const written = view.map(({ path, sha256 }) => ({ path, sha256 }))
  await save({ ...place, written: [...written, ...place.written.filter((one) => !isAmong(one, written))] })
  await putCopy(at, slug, { ...place, written: [...written, ...place.written] }, view)
  await save({ ...place, written })
}

async function take(store: Store, slug: string, place: Place, hide: boolean, save: Save): Promise<void> {
  const at = join(place.folder, slug)
  // Also where the folder is a link by now, or an agent would go on reading: what isn't ours is told by itself.
  if (place.how === 'link') await takeLink(at, join(store.paths.placed, slug))
  else await takeCopy(at, place, hide)
  if (place.leaving) await save(null)
  else if (place.written.length > 0) await save({ ...place, written: [] })
}

const isAmong = (one: Place['written'][number], others: Place['written']) =>
  others.some(({ path, sha256 }) => path === one.path && sha256 === one.sha256)

/** The agents' folder is where it was when the person chose it, and leads nowhere else. */
async function isStillThere(folder: string): Promise<boolean> {
  return (await realpath(folder).catch(() => null)) === folder
}

/** Makes the folder that links lead to. One that is as it should be stays, so that no agent finds it half made. */
async function putTarget({ paths }: Store, slug: string, view: readonly ViewFile[]): Promise<void> {
  const at = join(paths.placed, slug)
  const digest = createHash('sha256')
    .update(JSON.stringify(view.map(({ path, sha256 }) => [path, sha256])))
    .digest('hex')
  if ((await namesIn(at)).includes(`.made-${digest}`)) return
  const next = join(paths.placed, `.${slug}.next`)
  const last = join(paths.placed, `.${slug}.last`)
  await discard(next)
  for (const { path, content } of view) {
    await makeFolder(join(next, path, '..'))
    await writeNewFile(join(next, path), content, { mode: 0o444 })
  }
  await writeNewFile(join(next, `.made-${digest}`), '', { mode: 0o444 })
  await discard(last)
  if (await exists(at)) await rename(at, last)
  await rename(next, at)
  await discard(last)
}
