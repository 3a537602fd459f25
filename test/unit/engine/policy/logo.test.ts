import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readLogo } from '../../../../src/engine/policy/logo.ts'

const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(16)])
const svg = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'

// Below a folder that others can't write to, as /tmp is not.
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(homedir(), '.skillet-logo-'))
  await mkdir(join(folder, 'brand'), { mode: 0o755 })
})
afterEach(() => rm(folder, { recursive: true }))

const brand = (owners: number[] = [process.getuid?.() ?? 0, 0]) => ({ path: join(folder, 'brand'), owners })
const logo = (name: string, owners?: number[]) => readLogo({ branding: { logo: name } }, brand(owners))
const put = async (name: string, content: string | Buffer) => {
  await writeFile(join(folder, 'brand', name), content, { mode: 0o644 })
  return name
}

it('is handed on as a picture, and as nothing where none is named', async () => {
  expect(readLogo(null, brand())).toBeNull()
  expect(readLogo({ branding: { name: 'Example' } }, brand())).toBeNull()
  expect(logo(await put('a.png', png))).toBe(`data:image/png;base64,${png.toString('base64')}`)
  expect(logo(await put('a.svg', svg))).toBe(
    `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`,
  )
})

it('is refused where it is no picture, too large, not there, or anybody could have written it', async () => {
  const refused = expect.objectContaining({ code: 'POLICY_INVALID' }) as Error
  const names = [
    await put('page.svg', '<html><script>alert(1)</script></html>'),
    await put('text.png', 'a text'),
    await put('large.png', Buffer.concat([png, Buffer.alloc(256 * 1024)])),
    'missing.png',
  ]
  for (const name of names) expect(() => logo(name), name).toThrow(refused)
  const open = await put('open.png', png)
  await chmod(join(folder, 'brand', open), 0o666)
  expect(() => logo(open)).toThrow(refused)
  // A whole path is the administrators' own: nobody else's file will do.
  const whole = join(folder, 'brand', await put('whole.png', png))
  if (process.getuid?.() !== 0) expect(() => logo(whole)).toThrow(refused)
  expect(() => logo('a-stranger.png', [987_654])).toThrow(refused)
})
