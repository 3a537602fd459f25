import { join } from 'node:path'
import { createFileObjects, type ObjectStore } from './files.ts'

/** Objects in a bucket (`s3://…`), or in the registry's own folder. Throws INPUT_INVALID. */
export async function openObjects(place: string | undefined, dataDir: string): Promise<ObjectStore> {
  if (place === undefined) return createFileObjects(join(dataDir, 'objects'))
  // Loaded only where it is used: it is large.
  const { createS3Objects, parseS3Url } = await import('./s3.ts')
  return createS3Objects(parseS3Url(place))
}
