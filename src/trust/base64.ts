/**
 * Standard base64 with padding → bytes; null for anything that another decoder could read differently
 * (RFC 4648 §3.5: line breaks, the URL alphabet, missing padding, leftover bits).
 */
export function decodeBase64(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : null
}

/** Bytes → standard base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
