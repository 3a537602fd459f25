import { webcrypto } from 'node:crypto'

/** The SDK asks for the global that Node has only from version 19 on. */
export function ensureWebCrypto(): void {
  globalThis.crypto ??= webcrypto
}
