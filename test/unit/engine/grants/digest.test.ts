import { describe, expect, it } from 'vitest'
import { capabilityDigest } from '../../../../src/engine/grants/digest.ts'
import { everything, manifestOf } from '../../../support/manifest.ts'

const base = capabilityDigest(manifestOf(everything))

describe('capabilityDigest', () => {
  it('is a SHA-256 that a new version, another wording or another order leaves as it is', () => {
    expect(base).toMatch(/^[0-9a-f]{64}$/)
    const reworded = {
      ...everything,
      version: '2.0.0',
      summary: 'Other.',
      capabilities: Object.fromEntries(
        Object.keys(everything.capabilities).map((name) => [name, 'new words']),
      ),
      sandbox: {
        network: [...everything.sandbox.network].reverse(),
        write: [...everything.sandbox.write].reverse(),
        exec: [...everything.sandbox.exec].reverse(),
      },
      secrets: { TWO_KEY: everything.secrets.TWO_KEY, ONE_KEY: everything.secrets.ONE_KEY },
    }
    expect(capabilityDigest(manifestOf(reworded))).toBe(base)
  })

  const { sandbox, secrets, run } = everything
  const wider: [string, Record<string, unknown>][] = [
    ['a host more', { sandbox: { ...sandbox, network: [...sandbox.network, 'evil.example.org'] } }],
    [
      'a host less',
      { sandbox: { ...sandbox, network: ['cdn.example.com', 'x.example.com', 'api.example.com'] } },
    ],
    ['a folder more', { sandbox: { ...sandbox, write: [...sandbox.write, 'more'] } }],
    ['the graphics card', { requires: { cuda: '>=11' } }],
    ['another program to run it', { run: { ...run, command: ['bash', 'scripts/main.sh'] } }],
    ['a program more', { sandbox: { ...sandbox, exec: [...sandbox.exec, 'bash'] } }],
    ['a key more', { secrets: { ...secrets, NEW_KEY: { title: 'New', hosts: ['api.example.com'] } } }],
    ['a key that it doesn’t see', { secrets: { ...secrets, ONE_KEY: { ...secrets.ONE_KEY, broker: true } } }],
    [
      'a key that goes elsewhere',
      { secrets: { ...secrets, ONE_KEY: { title: 'One', hosts: ['cdn.example.com'] } } },
    ],
    [
      'a folder where it read a file',
      { run: { ...run, inputs: { ...run.inputs, file: { type: 'folder', title: 'F', writable: false } } } },
    ],
    [
      'a folder that it only read before',
      { run: { ...run, inputs: { ...run.inputs, out: { type: 'folder', title: 'F', writable: false } } } },
    ],
  ]
  it('changes with how much may be sent, for what goes online', () => {
    const more = { budget: { egress_mb_per_day: 51 } }
    expect(capabilityDigest(manifestOf({ ...everything, ...more }))).not.toBe(base)
    expect(capabilityDigest(manifestOf(more))).toBe(capabilityDigest(manifestOf()))
  })

  it('changes with the program that runs it alone', () => {
    const by = (program: string) => capabilityDigest(manifestOf({ run: { command: [program, 'main'] } }))
    expect(new Set([by('python3'), by('node'), by('sh')]).size).toBe(3)
    expect(by('python3')).toBe(capabilityDigest(manifestOf()))
  })

  it.each(wider)('changes with %s', (_, parts) => {
    expect(capabilityDigest(manifestOf({ ...everything, ...parts }))).not.toBe(base)
  })

  it('is stable: changing the format would ask every user again', () => {
    expect(capabilityDigest(manifestOf())).toBe(
      '5b27325d17ec69a9a86edf1b440b24c76573862a4739164d58db3941f209a265',
    )
  })
})
