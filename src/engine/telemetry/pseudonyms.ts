import { createHmac, randomBytes } from 'node:crypto'
import { hostname, userInfo } from 'node:os'

/** What makes a computer's events belong together, for a while and without saying whose they are. */
export interface Salt {
  /** 32 random bytes, hexadecimal. It never leaves this computer. */
  readonly value: string
  readonly since: string
}

/** After this long, in milliseconds, the same person and agent get new numbers: nothing can be joined for longer. */
export const saltLastsMs = 30 * 24 * 60 * 60_000

export const newSalt = (now: Date): Salt => ({
  value: randomBytes(32).toString('hex'),
  since: now.toISOString(),
})

/** The salt to use now: the same, or a new one where it is too old, or from the future. */
export function currentSalt(salt: Salt | null, now: Date): Salt {
  const ageMs = salt === null ? Infinity : now.getTime() - Date.parse(salt.since)
  return salt !== null && ageMs >= 0 && ageMs < saltLastsMs ? salt : newSalt(now)
}

/** HMAC-SHA-256 (RFC 2104) of what is hidden, under the salt; without the salt nobody can try names one by one. */
export function pseudonyms(salt: Salt, agent: string): { agentClass: string; user: string } {
  const hide = (what: string) =>
    createHmac('sha256', Buffer.from(salt.value, 'hex')).update(what).digest('hex')
  return { agentClass: hide(`agent:${agent}`), user: hide(`user:${nameOfUser()}@${hostname()}`) }
}

/** The system may not know a name, in a container for example. */
function nameOfUser(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? '')
  }
}
