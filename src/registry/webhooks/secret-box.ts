import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { SkilletError } from '../../shared/errors.ts'

/**
 * Secrets that the server itself must know, under its own key: AES-256-GCM with 96 random bits a secret. `about` is
 * sealed in with each (the row that it belongs to), so that one can't be put in another's place.
 */
export interface SecretBox {
  /** Nonce (12 bytes), tag (16 bytes), then the text encrypted. */
  seal(text: string, about: string): Buffer
  /** @throws SkilletError STORE_DAMAGED where it was changed, moved, or sealed under another key */
  open(sealed: Buffer, about: string): string
}

export function createSecretBox(key: Uint8Array): SecretBox {
  return {
    seal(text, about) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(about))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), body])
    },
    open(sealed, about) {
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 })
        decipher.setAAD(Buffer.from(about)).setAuthTag(sealed.subarray(12, 28))
        return decipher.update(sealed.subarray(28), undefined, 'utf8') + decipher.final('utf8')
      } catch (error) {
        throw new SkilletError('STORE_DAMAGED', "A stored secret can't be read.", {
          remedy: 'Delete the webhook and make it again.',
          cause: error,
        })
      }
    },
  }
}
