import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFileSource } from '../../../../../src/engine/policy/sources/file.ts'

/** Whoever runs the tests stands for the administrator. */
const administrators = [0, process.getuid!()]
const strict = '{"telemetry":"off"}'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-policy-'))
  file = join(folder, 'policy.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))
const read = (path = file) => createFileSource(path, administrators).read()
const refused = (path?: string) => expect(read(path)).rejects.toMatchObject({ code: 'POLICY_INVALID' })

describe('createFileSource', () => {
  it('reads a policy, and none where there is no file', async () => {
    expect(await read()).toBeNull()
    expect(await read(join(folder, 'missing', 'policy.json'))).toBeNull()
    const ceiling = {
      capabilities: ['fs:read'],
      fs_write_roots: [],
      net_hosts: ['api.example.com'],
      limits: { timeout_s: 60, runs_per_day: 0 },
    }
    await writeFile(file, JSON.stringify({ ceiling }))
    expect(await read()).toEqual({ ceiling })
    await writeFile(file, '{}')
    expect(await read()).toEqual({})
  })

  const malformed = [
    '',
    '{',
    'null',
    '[]',
    '{"ceiling":null}',
    '{"ceiling":{"capabilities":["net"]}}',
    '{"ceiling":{"capabilities":["root"],"fs_write_roots":[]}}',
    '{"ceiling":{"capabilities":[],"fs_write_roots":[],"net_hosts":["*"]}}',
    '{"ceiling":{"capabilities":[],"fs_write_roots":[],"hosts":[]}}',
    ...[
      'localhost',
      'A.example.com',
      'a.example.com:0',
      'a.example.com:65536',
      'a b.example.com',
      '10.0.0.1',
    ].map((host) => `{"ceiling":{"capabilities":[],"fs_write_roots":[],"net_hosts":["${host}"]}}`),
    ...['a_key', 'LD_PRELOAD', 'A KEY'].map(
      (name) => `{"ceiling":{"capabilities":[],"fs_write_roots":[],"secrets":["${name}"]}}`,
    ),
    ...['c:x', 'a\\u0007b', 'a//b', './a', '../a'].map(
      (folder) => `{"ceiling":{"capabilities":["fs:write"],"fs_write_roots":["${folder}"]}}`,
    ),
    '{"ceiling":{"capabilities":[],"fs_write_roots":[]},"extra":1}',
    '{"ceiling":{"capabilities":[],"fs_write_roots":[],"limits":{"timeout_s":0}}}',
    '{"ceiling":{"capabilities":[],"fs_write_roots":[],"limits":{"cpu":1}}}',
  ]
  it.each(malformed)('stops at %j', async (text) => {
    await writeFile(file, text)
    await expect(read()).rejects.toMatchObject({ code: 'POLICY_INVALID' })
  })

  it('names the file, the key and the line', async () => {
    await writeFile(file, '{\n  "telemetry": "of"\n}')
    await expect(read()).rejects.toThrowError(new RegExp(`${file}, is not valid: telemetry \\(line 2\\): `))
  })

  it('stops where it is no file, no UTF-8, or larger than any', async () => {
    await mkdir(file)
    await refused()
    await rm(file, { recursive: true })
    await writeFile(file, Buffer.from('{"organisation":"Caf\xe9"}', 'latin1'))
    await refused()
    await writeFile(file, `${strict}${' '.repeat(1024 * 1024)}`)
    await refused()
  })

  it.each([0o666, 0o664, 0o662])('stops where others may write to it: %o', async (mode) => {
    await writeFile(file, strict)
    expect(await read()).toEqual({ telemetry: 'off' })
    // Group 0 is the administrators' own.
    if (process.getuid!() === 0) await chown(file, 0, 12_345)
    await chmod(file, mode)
    await refused()
  })

  it('stops where others may write to a folder on the way to it', async () => {
    const inner = join(folder, 'skillet')
    await mkdir(inner)
    await writeFile(join(inner, 'policy.json'), strict)
    const path = join(inner, 'policy.json')
    expect(await read(path)).toEqual({ telemetry: 'off' })
    await chmod(folder, 0o777)
    await refused(path)
    // Nobody replaces what belongs to somebody else there.
    await chmod(folder, 0o1777)
    expect(await read(path)).toEqual({ telemetry: 'off' })
  })

  it('stops where it belongs to somebody who is no administrator', async () => {
    await writeFile(file, strict)
    if (process.getuid!() === 0) await chown(file, 12_345, 12_345)
    await expect(createFileSource(file, [0]).read()).rejects.toMatchObject({ code: 'POLICY_INVALID' })
  })

  it('follows no link in its place, and links on the way only where administrators made them', async () => {
    const target = join(folder, 'target.json')
    await writeFile(target, '{}')
    await symlink(target, file)
    await refused()
    const link = join(folder, 'link')
    await symlink(folder, link)
    expect(await read(join(link, 'target.json'))).toEqual({})
    await symlink('circle', join(folder, 'circle'))
    await refused(join(folder, 'circle', 'policy.json'))
    const open = join(folder, 'open')
    await mkdir(open)
    await chmod(open, 0o777)
    await symlink(folder, join(open, 'back'))
    await symlink(join(open, 'back'), join(folder, 'detour'))
    await refused(join(folder, 'detour', 'target.json'))
  })

  it('reads what it checked, where a reader that asks for the path twice is fooled', async () => {
    const planted = join(folder, 'planted.json')
    const swap = async () => {
      await writeFile(planted, '{"telemetry":"on"}')
      await chmod(planted, 0o666)
      await rename(planted, file)
    }
    await writeFile(file, strict)
    // Checked by name, then read by name.
    expect((await stat(file)).mode & 0o022).toBe(0)
    await swap()
    expect(await readFile(file, 'utf8')).toContain('"on"')

    await writeFile(planted, strict)
    await rm(file)
    await rename(planted, file)
    let swapping = true
    const swapper = (async () => {
      for (let turn = 0; turn < 200; turn++) {
        await swap()
        await writeFile(planted, strict, { mode: 0o644 })
        await chmod(planted, 0o644)
        await rename(planted, file)
      }
      swapping = false
    })()
    const seen = new Set<string>()
    while (swapping) {
      seen.add(JSON.stringify(await read().catch((error: { code: string }) => error.code)))
      await new Promise(setImmediate)
    }
    await swapper
    expect(seen).not.toContain('{"telemetry":"on"}')
    expect(seen).toContain('{"telemetry":"off"}')
    expect(seen).toContain('"POLICY_INVALID"')
  })
})
