import { readFileSync } from 'node:fs'
import { rootCertificates } from 'node:tls'

/** Where systems keep the authorities that their administrators trust, in one file. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/** The authorities that this computer trusts, in PEM; where it keeps no such file, those that Node knows. */
export function systemRoots(): string {
  for (const path of bundles)
    try {
      return readFileSync(path, 'latin1')
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT' && code !== 'EACCES') throw error
    }
  return rootCertificates.join('\n')
}
