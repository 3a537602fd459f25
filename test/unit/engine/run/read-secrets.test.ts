import { expect, it } from 'vitest'
import { DEFAULT_POLICY } from '../../../../src/engine/policy/default-policy.ts'
import { readSecrets } from '../../../../src/engine/run/prepare.ts'
import { skillManifest } from '../../../support/host-values.ts'

it('a folder that nobody signed never gets the key that is one skill’s alone, whatever it calls itself', async () => {
  const ONE_KEY = { title: 'One', required: true, hosts: ['api.example.com'] }
  const manifest = { ...skillManifest, secrets: { ONE_KEY } }
  const policy = { ...DEFAULT_POLICY, capabilities: ['env:read' as const] }
  const getSecret = async (name: string, slug: string | null) => `${name} of ${slug ?? 'all'}`
  const read = (verified: boolean) => readSecrets({ manifest, policy, verified }, { getSecret })
  expect(await read(true)).toEqual({ ONE_KEY: `ONE_KEY of ${manifest.slug}` })
  expect(await read(false)).toEqual({ ONE_KEY: 'ONE_KEY of all' })
})
