import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askNvidia } from '../../src/engine/probe/ask-nvidia.ts'
import { probeHardware } from '../../src/engine/probe/probe.ts'
import { findProgram } from '../../src/engine/probe/programs.ts'
import { hardwareSchema } from '../../src/shared/hardware.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-probe-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('this computer', () => {
  it('is described whole, also when its home does not exist yet', async () => {
    const hardware = await probeHardware({
      home: join(folder, 'not', 'yet'),
      programs: ['python3', 'sh', 'skillet-has-no-such-program'],
    })
    expect(hardwareSchema.parse(hardware)).toEqual(hardware)
    expect(hardware.os).not.toBe('other')
    expect(hardware.osName).not.toBe('unknown')
    expect(hardware.memoryMb).toBeGreaterThan(256)
    expect(hardware.diskFreeMb).toBeGreaterThan(0)
    expect(Object.keys(hardware.executables)).toEqual(['python3', 'sh'])
  })

  it('has a python3 that is an interpreter, not a shim', async () => {
    const python = await findProgram('python3')
    expect(python).not.toBeNull()
    const real = execFileSync(python!, ['-c', 'import os, sys; print(os.path.realpath(sys.executable))'], {
      encoding: 'utf8',
      env: {},
    })
    expect(real.trim()).toBe(python)
  })
})

describe('a program called nvidia-smi', () => {
  const driver = async (name: string, script: string) => {
    const path = join(folder, name)
    await writeFile(path, `#!/bin/sh\n${script}\n`)
    await chmod(path, 0o755)
    return () => askNvidia(() => Promise.resolve(path))
  }
  const banner = (name: string) => resolve('test/fixtures/nvidia-smi', `${name}.txt`)

  it('is asked for its cards and its CUDA version', async () => {
    const ask = await driver(
      'one',
      `case "$1" in --query-gpu=name,memory.total) echo "NVIDIA GeForce RTX 3060, 12288";; *) cat "${banner('one')}";; esac`,
    )
    expect(await ask()).toEqual({
      gpus: [{ name: 'NVIDIA GeForce RTX 3060', vendor: 'nvidia', vramMb: 12288 }],
      cuda: '12.4',
    })
  })

  it('without a driver: no cards, no CUDA', async () => {
    const ask = await driver('failed', `cat "${banner('failed')}"; exit 9`)
    expect(await ask()).toEqual({ gpus: [], cuda: null })
    expect(await askNvidia(() => Promise.resolve(join(folder, 'missing')))).toEqual({ gpus: [], cuda: null })
  })

  it('that hangs is not waited for', async () => {
    const ask = await driver('hangs', 'exec sleep 60')
    const hardware = await probeHardware({ home: folder, programs: [] }, { nvidia: ask, timeoutMs: 300 })
    expect(hardware.cuda).toBeNull()
  })
})
