import { describe, expect, it } from 'vitest'
import { readBundle, writeBundle } from '../../../../src/engine/package/bundle.ts'
import { tarBytes } from '../../../../src/trust/tar-bytes.ts'
import { codeOf } from '../../trust/code.ts'

const bytes = (text: string) => new Uint8Array(Buffer.from(text))
const bundle = { release: bytes('{}'), payload: bytes('payload'), revocations: bytes('list') }

describe('bundles', () => {
  it('survive a round trip, with and without a list of withdrawn skills', async () => {
    expect(await readBundle(writeBundle(bundle))).toEqual(bundle)
    const without = { ...bundle, revocations: null }
    expect(await readBundle(writeBundle(without))).toEqual(without)
  })

  it('are refused when incomplete, cut short, compressed or followed by something', async () => {
    const whole = writeBundle(bundle)
    const incomplete = tarBytes([{ path: 'release.dsse.json', content: bytes('{}'), executable: false }])
    expect(await codeOf(readBundle(incomplete))).toBe('ARCHIVE_UNSAFE')
    expect(await codeOf(readBundle(whole.subarray(0, 1600)))).toBe('ARCHIVE_UNSAFE')
    expect(await codeOf(readBundle(bytes('not a tar at all')))).toBe('ARCHIVE_UNSAFE')
    expect(await codeOf(readBundle(new Uint8Array([...whole, 1])))).toBe('ARCHIVE_UNSAFE')
  })
})
