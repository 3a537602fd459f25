import { isAbsolute, join } from 'node:path'
import type { ManagedPolicy } from '../../shared/managed-policy.ts'
import { readTrusted } from './sources/read-trusted.ts'
import { invalidPolicy } from './sources/source.ts'

/** A window's page carries it as text. */
const maxSizeBytes = 256 * 1024

/**
 * The organisation's picture as a data: address; null where none is named. `brandFolder`: where a preconfigured build has
 * its own. Shown as an image, so that a script in an SVG never runs.
 * @throws SkilletError POLICY_INVALID for a file that isn't there, isn't one, or that anybody could have written
 */
export function readLogo(
  policy: ManagedPolicy | null,
  brandFolder: { readonly path: string; readonly owners: readonly number[] },
): string | null {
  const logo = policy?.branding?.logo
  if (logo === undefined) return null
  const isWhole = isAbsolute(logo)
  const path = isWhole ? logo : join(brandFolder.path, logo)
  const invalid = (problem: string, cause?: unknown) =>
    invalidPolicy(`branding.logo (${path})`, problem, cause)
  const bytes = readTrusted({ path, maxSizeBytes, owners: isWhole ? [0] : brandFolder.owners, invalid })
  if (bytes === null) throw invalid('is not there')
  const type = bytes.subarray(1, 4).toString('latin1') === 'PNG' ? 'image/png' : 'image/svg+xml'
  if (type !== 'image/png' && !/^\s*<(\?xml|!--|svg)/.test(bytes.subarray(0, 200).toString('utf8')))
    throw invalid('is neither PNG nor SVG')
  return `data:${type};base64,${bytes.toString('base64')}`
}
