import { chmod, link, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { packFolder } from '../../../../src/engine/package/pack.ts'
import { readArchiveEntries } from '../../../../src/trust/archive.ts'
import { sha256Hex } from '../../../../src/trust/digest.ts'
import { codeOf } from '../../trust/code.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-pack-'))
  await mkdir(join(folder, 'scripts'))
  await writeFile(join(folder, 'SKILL.md'), '---\nname: x\n---\n')
  await writeFile(join(folder, 'scripts/run.sh'), '#!/bin/sh\n')
  await chmod(join(folder, 'scripts/run.sh'), 0o755)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('packFolder', () => {
  it('gives the same bytes whatever the clock, the owner bits and the order of creation', async () => {
    const first = await packFolder(folder)
    await utimes(join(folder, 'SKILL.md'), 1, 1)
    await chmod(join(folder, 'SKILL.md'), 0o600)
    await rm(join(folder, 'scripts/run.sh'))
    await writeFile(join(folder, 'scripts/run.sh'), '#!/bin/sh\n')
    await chmod(join(folder, 'scripts/run.sh'), 0o700)
    const second = await packFolder(folder)
    expect(sha256Hex(second.tarball)).toBe(sha256Hex(first.tarball))
    expect(second.files).toEqual(first.files)
  })

  it('lists exactly what is in the tarball, long and non-English names included', async () => {
    const long = `${'a'.repeat(90)}/${'ü'.repeat(70)}/${'é'.repeat(40)}.md`
    await mkdir(join(folder, long, '..'), { recursive: true })
    await writeFile(join(folder, long), 'long')
    await writeFile(join(folder, 'grüße.md'), 'hi')
    const { tarball, files } = await packFolder(folder)
    const entries = await readArchiveEntries(tarball)
    expect(entries.map(({ content, ...rest }) => ({ ...rest, sha256: sha256Hex(content) }))).toEqual(files)
    expect(files.map((file) => file.path)).toContain(long)
    expect(files.find((file) => file.path === 'scripts/run.sh')?.executable).toBe(true)
    expect(files.find((file) => file.path === 'SKILL.md')?.executable).toBe(false)
  })

  it('leaves out what tools leave behind', async () => {
    for (const name of ['.git', 'node_modules', '__pycache__', 'scripts/__pycache__']) {
      await mkdir(join(folder, name))
      await writeFile(join(folder, name, 'x'), 'x')
    }
    await writeFile(join(folder, '.DS_Store'), 'x')
    const { files } = await packFolder(folder)
    expect(files.map((file) => file.path)).toEqual(['SKILL.md', 'scripts/run.sh'])
  })

  it('refuses links, and names that another system would read differently', async () => {
    await symlink('/etc/passwd', join(folder, 'notes.md'))
    expect(await codeOf(packFolder(folder))).toBe('ARCHIVE_UNSAFE')
    await rm(join(folder, 'notes.md'))
    await writeFile(join(folder, 'skill.MD'), 'x')
    expect(await codeOf(packFolder(folder))).toBe('ARCHIVE_UNSAFE')
    await rm(join(folder, 'skill.MD'))
    await link(join(folder, 'SKILL.md'), join(folder, 'copy.md'))
    expect(await codeOf(packFolder(folder))).toBe('returned')
  })

  it('says so when there is nothing to pack', async () => {
    expect(await codeOf(packFolder(join(folder, 'nowhere')))).toBe('NOT_FOUND')
  })
})
