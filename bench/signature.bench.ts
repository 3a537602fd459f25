import { randomBytes, verify } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { extractTarball, hasDigest } from '../src/engine/install/extract.ts'
import { sha256Hex } from '../src/trust/digest.ts'
import { toPublicKey } from '../src/trust/ed25519-keys.ts'
import { publicKeyOf, signMessage } from '../src/trust/sign.ts'
import { verifySignature } from '../src/trust/signature.ts'
import { tarBytes } from '../src/trust/tar-bytes.ts'
import { compareWithSodium, createSodiumVerify } from '../test/support/ed25519/compare.ts'
import { verifyByNoble, verifyByNobleAlone } from '../test/support/ed25519/noble.ts'
import { median } from './support/rounds.ts'
import { makeContent } from './support/skill-content.ts'

// What verifying a release's signature costs: OpenSSL alone, ours over it, libsodium, and @noble/ed25519 alone and with
// our rules; and what share that is of verifying and extracting a small skill.
// npx vitest run --project bench bench/signature.bench.ts

test('one signature', async () => {
  const secret = new Uint8Array(randomBytes(32))
  const publicKey = publicKeyOf(secret)
  const message = new Uint8Array(randomBytes(4000))
  const claim = { message, signature: signMessage(message, secret), publicKey }
  const verifyBySodium = await createSodiumVerify()
  const install = await smallInstall()
  const ways: Record<string, () => unknown> = {
    'OpenSSL alone': () => verify(null, message, toPublicKey(publicKey), claim.signature),
    verifySignature: () => verifySignature(message, claim.signature, publicKey),
    libsodium: () => verifyBySodium(claim),
    'noble alone': () => verifyByNobleAlone(claim),
    'noble with our rules': () => verifyByNoble(claim),
    'verify + extract, small': install.work,
  }
  const times: Record<string, number[]> = Object.fromEntries(Object.keys(ways).map((name) => [name, []]))
  const names = Object.keys(ways)
  for (let round = -20; round < 101; round++)
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round + 20) % names.length]!
      const work = ways[name]!
      install.before()
      const started = performance.now()
      await work()
      if (round >= 0) times[name]!.push(performance.now() - started)
    }
  install.remove()
  const openssl = median(times['OpenSSL alone']!)
  const whole = median(times['verify + extract, small']!)
  console.table(
    Object.entries(times).map(([what, values]) => ({
      what,
      median: `${median(values).toFixed(3)} ms`,
      'to OpenSSL': (median(values) / openssl).toFixed(1),
      'share of a small install': `${((median(values) / whole) * 100).toFixed(1)} %`,
    })),
  )
})

test('libsodium gives the same answers on 100,000 mutations', async () => {
  const { compared, accepted, differing } = await compareWithSodium(100_000)
  console.log(`${compared} claims, ${accepted} accepted by both, ${differing.length} judged differently`)
  expect(differing).toEqual([])
})

async function smallInstall() {
  const folder = mkdtempSync(join(tmpdir(), 'skillet-bench-'))
  const files = makeContent({ files: 12, bytes: 40_000, random: 0 })
  const bytes = gzipSync(tarBytes(files))
  const tarball = join(folder, 'small.tgz')
  writeFileSync(tarball, bytes)
  const release = {
    files: files.map(({ path, content, executable }) => ({
      path,
      size: content.length,
      sha256: sha256Hex(content),
      executable,
    })),
    tarball: { sha256: sha256Hex(bytes), size: bytes.length },
  }
  const target = join(folder, 'target')
  return {
    before() {
      rmSync(target, { recursive: true, force: true })
      mkdirSync(target)
    },
    async work() {
      if (!(await hasDigest(tarball, release.tarball))) throw new Error('digest')
      await extractTarball(tarball, release, join(target, 'files'))
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
