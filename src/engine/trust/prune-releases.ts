import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Somebody who has looked at so many skills has seen a whole catalog page by page. */
const maxKept = 500

/** Removes the signed releases that were fetched longest ago: only looking at a skill brings them, and brings them again. */
export async function pruneReleases(trustFolder: string, keep = maxKept): Promise<void> {
  const folder = join(trustFolder, 'targets')
  const names = (await readdir(folder)).filter((name) => /^[0-9a-f]{32}\.releases%2F/.test(name))
  if (names.length <= keep) return
  const dated = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name)
      return {
        path,
        at: await stat(path).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
      }
    }),
  )
  const oldest = dated.sort((a, b) => a.at - b.at).slice(0, names.length - keep)
  for (const { path } of oldest) await rm(path, { force: true })
}
