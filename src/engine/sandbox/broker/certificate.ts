import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

/** Certificates of one run, in PEM. The authority's key was never written down and is gone. */
export interface RunCertificates {
  /** What the programs inside are told to trust, for the hosts and nothing else. */
  readonly authority: string
  /** For all hosts of the run, signed by the authority, with its key. */
  readonly certificate: string
  readonly key: string
}

const HOUR_MS = 3_600_000

/**
 * An authority that is valid for `hosts` alone (RFC 5280 §4.2.1.10), and one certificate for all of them; P-256, for a
 * day. Node reads certificates but makes none.
 */
export function createRunCertificates(hosts: readonly string[], now = Date.now()): RunCertificates {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const names = hosts.map((host) => der(0x82, Buffer.from(host, 'ascii')))
  const issuer = nameOf(`Skillet, one run ${randomBytes(6).toString('hex')}`)
  const validity = sequence(time(now - HOUR_MS), time(now + 24 * HOUR_MS))
  const certify = (subject: Buffer, key: KeyObject, extensions: Buffer[]) => {
    const body = sequence(
      der(0xa0, integer(2)),
      der(0x02, Buffer.concat([Buffer.of(0x40), randomBytes(15)])),
      ecdsaWithSha256,
      issuer,
      validity,
      subject,
      publicKeyOf(key),
      der(0xa3, sequence(...extensions)),
    )
    const signature = sign('sha256', body, authority.privateKey)
    return toPem(sequence(body, ecdsaWithSha256, bitString(signature)))
  }
  const issuedBy = extension('551d23', false, sequence(der(0x80, identifierOf(authority.publicKey))))
  return {
    authority: certify(issuer, authority.publicKey, [
      extension('551d13', true, sequence(yes, integer(0))),
      // keyCertSign
      extension('551d0f', true, der(0x03, Buffer.of(2, 0x04))),
      extension('551d0e', false, der(0x04, identifierOf(authority.publicKey))),
      extension('551d1e', true, sequence(der(0xa0, ...names.map((name) => sequence(name))))),
    ]),
    certificate: certify(nameOf('Skillet'), own.publicKey, [
      extension('551d13', true, sequence()),
      // digitalSignature
      extension('551d0f', true, der(0x03, Buffer.of(7, 0x80))),
      // serverAuth
      extension('551d25', false, sequence(der(0x06, Buffer.from('2b06010505070301', 'hex')))),
      extension('551d11', false, sequence(...names)),
      extension('551d0e', false, der(0x04, identifierOf(own.publicKey))),
      issuedBy,
    ]),
    key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  }
}

/** One value in DER (X.690 §8.1, §10.1): tag, length, content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  if (length > 0xffff) throw new RangeError('a certificate as long as this is none')
  return Buffer.concat([Buffer.of(tag, ...size), content])
}

const sequence = (...parts: Buffer[]) => der(0x30, ...parts)
const integer = (small: number) => der(0x02, Buffer.of(small))
const bitString = (bytes: Buffer) => der(0x03, Buffer.of(0), bytes)
const yes = der(0x01, Buffer.of(0xff))
const ecdsaWithSha256 = sequence(der(0x06, Buffer.from('2a8648ce3d040302', 'hex')))

/** `id`: the object identifier's content, in hexadecimal. */
function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  return sequence(der(0x06, Buffer.from(id, 'hex')), ...(isCritical ? [yes] : []), der(0x04, value))
}

/** A name that is a common name alone. */
function nameOf(text: string): Buffer {
  return sequence(der(0x31, sequence(der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from(text)))))
}

/** UTCTime up to 2049, GeneralizedTime from then on (RFC 5280 §4.1.2.5). */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\.\d+|[-:T]/g, '')
  return digits < '2050' ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits))
}

function publicKeyOf(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' })
}

/** RFC 7093 §2: any digest that tells keys apart. */
function identifierOf(key: KeyObject): Buffer {
  return createHash('sha256').update(publicKeyOf(key)).digest().subarray(0, 20)
}

function toPem(bytes: Buffer): string {
  const lines = bytes.toString('base64').replace(/.{64}(?=.)/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}
