import { readFileSync } from 'node:fs'
import { rootCertificates } from 'node:tls'
import type { ManagedPolicy } from '../../../shared/managed-policy.ts'

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

/** Those whose word Skillet takes for who a site is, with what administrators say about them. */
export function rootsFor(certificates: ManagedPolicy['certificates']): string {
  if (certificates === undefined) return systemRoots()
  return [...(certificates.mode === 'add' ? [systemRoots()] : []), ...certificates.authorities].join('\n')
}
