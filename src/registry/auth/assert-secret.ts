import { SkilletError } from '../../shared/errors.ts'

/** What is shorter can be guessed; and a variable that is set to nothing would make a secret that everybody knows. */
const leastCharacters = 16

/** @throws SkilletError INPUT_INVALID for what is no secret; absent is fine */
export function assertSecret(name: string, secret: string | undefined): void {
  if (secret === undefined || secret.length >= leastCharacters) return
  throw new SkilletError('INPUT_INVALID', `${name} has fewer than ${leastCharacters} characters.`, {
    remedy: 'Take a random one, for example from: openssl rand -hex 32. Or leave the variable out.',
  })
}
