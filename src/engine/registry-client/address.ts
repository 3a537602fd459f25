import { SkilletError } from '../../shared/errors.ts'

/**
 * A registry's address without a trailing slash. Keys travel to it, so it must be https, or this very computer.
 * Throws INPUT_INVALID.
 */
export function parseRegistryUrl(text: string): string {
  let url: URL
  try {
    url = new URL(text)
  } catch (error) {
    throw refused(text, error)
  }
  if (url.protocol !== 'https:' && !isLocalHttp(url)) throw refused(text)
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') throw refused(text)
  return url.href.replace(/\/+$/, '')
}

/**
 * A web address that a registry gives a person to open: https, or for a registry on this very computer http there. Null for
 * any other.
 */
export function parseLink(text: string, registryUrl: string): string | null {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return null
  }
  if (url.username !== '' || url.password !== '') return null
  const allowed = url.protocol === 'https:' || (isLocalHttp(url) && isLocalHttp(new URL(registryUrl)))
  return allowed ? url.href : null
}

function isLocalHttp({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
}

function refused(text: string, cause?: unknown): SkilletError {
  return new SkilletError(
    'INPUT_INVALID',
    `${text.slice(0, 200)} is not an address that a registry may have.`,
    {
      remedy: 'Use an https:// address, or http:// on this computer only.',
      cause,
    },
  )
}
