import type { ReleaseWatch } from './db/watch-releases.ts'
import type { TufFiles } from './tuf/files.ts'

/**
 * Names the state that what is offered is in: another text as soon as something about a release changed in the database
 * or in the signed lists, whichever process did it. Null while changes would go unnoticed.
 *
 * A withdrawal has changed the signed lists before whoever asked for it is told that it is done; the database tells of it
 * already when it is decided.
 */
export type Standing = () => string | null

/** Looks once in each turn of the event loop: whatever is answered in it was asked before. */
export function createStanding(
  watch: Pick<ReleaseWatch, 'epoch'>,
  files: Pick<TufFiles, 'markOf'>,
): Standing {
  let mark: string | null = null
  return () => {
    const epoch = watch.epoch()
    if (epoch === null) return null
    if (mark === null) {
      mark = files.markOf('timestamp.json') ?? ''
      setImmediate(() => {
        mark = null
      })
    }
    return `${epoch} ${mark}`
  }
}
