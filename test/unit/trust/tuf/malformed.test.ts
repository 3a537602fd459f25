import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTufClient } from '../../../../src/trust/tuf.ts'
import { createTufRepository, forge } from '../../../support/tuf-repository.ts'
import { codeOf } from '../code.ts'

// Metadata with something else in one place, signed by those who may: whatever it is, it is refused by its code or taken
// for what it says. Nothing gets past as an unforeseen error, and nothing hangs.

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

let work: string
let count = 0
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'skillet-malformed-'))
})
afterAll(() => rm(work, { recursive: true, force: true }))

const repo = createTufRepository()
repo.delegate('registry', { paths: ['revocations.json'] })
repo.delegate('bin', { hashPrefixes: [...'0123456789abcdef'] })
repo.put('targets', 'signing-keys.json', 'keys')
repo.put('registry', 'revocations.json', 'none')
repo.put('bin', 'releases/a/1.0.0.dsse.json', 'release')
repo.publish()
repo.rotate('timestamp')
repo.publish('timestamp')
const honest = repo.freeze()
const pinnedRoot = honest.get('metadata/1.root.json')!

const deep = '@deep@'
const depths = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
const odd: Json[] = [null, true, -1, 0, 1.5, 2 ** 53, '', 'x', '../..', [], {}, [null], { a: 1 }, deep]

/** The ways to every place in a document. */
function* places(value: Json, path: (string | number)[] = []): Generator<(string | number)[]> {
  if (path.length > 0) yield path
  if (typeof value !== 'object' || value === null) return
  for (const [name, child] of Object.entries(value)) yield* places(child, [...path, name])
}

function put(document: Json, path: readonly (string | number)[], value: Json): void {
  const parent = path.slice(0, -1).reduce<Json>((at, name) => (at as Record<string, Json>)[name]!, document)
  ;(parent as Record<string | number, Json>)[path.at(-1)!] = value
}

/** What has no canonical form can't be signed: the old signatures have to do. */
function unsigned(bytes: Uint8Array, change: (signed: unknown) => void): Uint8Array {
  const document = JSON.parse(Buffer.from(bytes).toString()) as { signed: unknown }
  change(document.signed)
  return new Uint8Array(Buffer.from(JSON.stringify(document).replace(`"${deep}"`, depths)))
}

async function judge(files: Map<string, Uint8Array>): Promise<string> {
  for (const [name, bytes] of files) repo.files.set(name, bytes)
  const folder = join(work, String(count++))
  const client = createTufClient({
    folder,
    pinnedRoot,
    essential: ['signing-keys.json', 'revocations.json'],
    now: () => new Date(),
  })
  const code = await codeOf(
    client.refresh(repo.source).then(() => client.fetch('releases/a/1.0.0.dsse.json', repo.source)),
  )
  await rm(folder, { recursive: true, force: true })
  for (const [name, bytes] of honest) repo.files.set(name, bytes)
  return code
}

const roles = ['root', 'timestamp', 'snapshot', 'targets', 'registry', 'bin']

describe.each(roles)('%s', (role) => {
  const version = repo.roleOf(role).version
  const file = `metadata/${role === 'timestamp' ? 'timestamp' : `${version}.${role}`}.json`

  it('with something else in any place', async () => {
    const bytes = honest.get(file)!
    const { signed } = JSON.parse(Buffer.from(bytes).toString()) as { signed: Json }
    const keys = role === 'root' ? repo.top.root.keys : repo.roleOf(role).keys
    let turn = 0
    for (const path of places(signed)) {
      // Each place gets some of the odd values, neighbours get others.
      for (const value of [odd[turn++ % odd.length]!, odd[turn++ % odd.length]!]) {
        const change = (content: unknown) => put(content as Json, path, structuredClone(value))
        const forged = value === 1.5 || value === deep ? unsigned(bytes, change) : forge(bytes, change, keys)
        const code = await judge(new Map([[file, forged]]))
        expect(code, `${path.join('.')} = ${JSON.stringify(value).slice(0, 20)}`).toMatch(
          /^METADATA_|^returned$/,
        )
      }
    }
  }, 120_000)

  it.each([
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['a number', '1'],
    ['no end', '['.repeat(100_000)],
    ['a whole depth', '['.repeat(6_000) + ']'.repeat(6_000)],
    ['signatures that are none', JSON.stringify({ signatures: [null], signed: { _type: role } })],
    ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('as %s', async (_, content) => {
    expect(await judge(new Map([[file, new Uint8Array(Buffer.from(content))]]))).toBe('METADATA_INVALID')
  })

  it('with signatures in odd forms', async () => {
    const document = JSON.parse(Buffer.from(honest.get(file)!).toString()) as { signatures: Json[] }
    const [signature] = document.signatures as { keyid: string; sig: string }[]
    const forms: Json[] = [
      [],
      {},
      [{ keyid: 1, sig: 2 }],
      [{ ...signature!, sig: '' }],
      [{ ...signature!, sig: 'zz' }],
      [{ ...signature!, sig: signature!.sig.slice(0, -2) }],
      [{ ...signature!, sig: `${signature!.sig}00` }],
      // Node's decoder stops at what is no hex, and gives what came before.
      [{ ...signature!, sig: `${signature!.sig}zz` }],
      [{ ...signature!, sig: `${signature!.sig}0` }],
      [{ ...signature!, keyid: '__proto__' }],
      [{ ...signature!, keyid: 'constructor' }],
      [signature!, signature!],
    ]
    for (const signatures of forms) {
      const bytes = new Uint8Array(Buffer.from(JSON.stringify({ ...document, signatures })))
      expect(await judge(new Map([[file, bytes]])), JSON.stringify(signatures).slice(0, 60)).toBe(
        'METADATA_INVALID',
      )
    }
  })
})
