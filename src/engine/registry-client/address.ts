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
  const local = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) throw refused(text)
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') throw refused(text)
  return url.href.replace(/\/+$/, '')
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
