import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * What a server says to prove that it is the Skillet which wrote `bridge.json`: HMAC-SHA-256 under the key in there, over
 * the address that the client connected to and the client's challenge, in base64url. Only this person can read the key, so
 * nobody else on the computer can stand in for Skillet at a port that it has left. The address is in it so that whoever
 * listens elsewhere can't pass the question on to the real one. The challenge is new each time, so that no old answer is
 * good.
 *
 * @param key 32 bytes in base64url, from `bridge.json`
 * @param address `127.0.0.1:PORT`, or the path of the socket, as `bridge.json` names them
 * @param challenge 16 to 64 bytes of the client's choice, in base64url
 */
export function proofOf(key: string, address: string, challenge: string): string {
  return createHmac('sha256', Buffer.from(key, 'base64url'))
    .update(`skillet-bridge/1\n${address}\n${challenge}`)
    .digest('base64url')
}

/** Whether a server's answer is the proof. */
export function isProof(proof: string, key: string, address: string, challenge: string): boolean {
  const expected = Buffer.from(proofOf(key, address, challenge))
  const given = Buffer.from(proof)
  return given.length === expected.length && timingSafeEqual(given, expected)
}
