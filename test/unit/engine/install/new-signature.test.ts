import { expect, it } from 'vitest'
import { verifyAll } from '../../../../src/engine/install/integrity.ts'
import { orNewSignature } from '../../../../src/engine/install/new-signature.ts'
import { SkilletError } from '../../../../src/shared/errors.ts'
import { toPublishKeys } from '../../../../src/trust/publish-keys.ts'
import { generateSigningKey } from '../../../../src/trust/sign.ts'

const key = generateSigningKey()
const known = toPublishKeys([key.publicKey])
const record = { slug: 'a', version: '1.0.0', keyid: key.keyid }
const ports = {
  store: {
    require: () => Promise.resolve(record),
    list: () => Promise.resolve([record]),
    damaged: () => Promise.resolve([]),
  },
  trust: { release: () => Promise.reject(new SkilletError('NOT_FOUND', 'It is not offered.')) },
} as never as Parameters<typeof orNewSignature>[0]

const verify = (keys: typeof known) =>
  orNewSignature(ports, keys, 'a', {}, () =>
    Promise.reject(new SkilletError('SIGNER_UNTRUSTED', 'Signed by a key that you have no reason to trust.')),
  )

it('tells a key that counts no longer from one that the lists in force have never named', async () => {
  await expect(verify(known)).rejects.toThrow('The registry no longer stands for it.')
  await expect(verify({ ...known, keys: [] })).rejects.toMatchObject({
    code: 'SIGNER_UNTRUSTED',
    message: 'a was signed under another trust root than the one in force.',
    remedy: expect.stringContaining('--trust-root') as string,
  })
})

it('of all skills, one signed under another trust root is none that was changed', async () => {
  const report = await verifyAll(ports.store, () => verify({ ...known, keys: [] }))
  expect(report).toMatchObject({
    ok: false,
    skills: [{ slug: 'a', changed: [], problem: { code: 'SIGNER_UNTRUSTED' } }],
  })
})
