import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { lintArchive, lintArchiveBytes, lintFiles, lintFolder } from '../../../src/review/lint.ts'
import { packFolder } from '../../../src/engine/package/pack.ts'
import { goodSkill, rulesOf, severityOf, toFiles } from '../../support/sample-skill.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

async function folderOf(files: Record<string, string>, name = 'sample-skill'): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'lint-'))
  folders.push(parent)
  const folder = join(parent, name)
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  return folder
}

describe('lintFiles', () => {
  it('passes a good skill without a word', () => {
    expect(lintFiles('x', toFiles(goodSkill), { purpose: 'publish', folder: 'sample-skill' })).toEqual({
      path: 'x',
      verdict: 'pass',
      findings: [],
    })
  })

  it('reads a skill that brings SKILL.md alone, but does not publish it', () => {
    const foreign = {
      'SKILL.md': '---\nname: Somebody Elses\ndescription: Does things.\nversion: 1.0\n---\nHello.\n',
    }
    expect(lintFiles('x', toFiles(foreign)).verdict).toBe('pass')
    const strict = lintFiles('x', toFiles(foreign), { purpose: 'publish' })
    expect(strict.verdict).toBe('fail')
    expect(rulesOf(strict)).toContain('manifest/no-skill-toml')
    expect(rulesOf(strict)).toContain('manifest/name')
    expect(rulesOf(strict)).toContain('manifest/front-matter-key')
  })

  it('fails a folder without SKILL.md, also when it is somebody else’s', () => {
    expect(rulesOf(lintFiles('x', toFiles({ 'README.md': 'Hi' })))).toContain('manifest/no-skill-md')
  })

  it('holds slug, name, folder and command against each other', () => {
    const skill = {
      ...goodSkill,
      'SKILL.md': goodSkill['SKILL.md'].replace('name: sample-skill', 'name: other-name'),
    }
    const report = lintFiles('x', toFiles(skill), { folder: 'third-name' })
    expect(report.findings).toContainEqual(
      expect.objectContaining({ rule: 'consistency/slug-name', line: 2 }),
    )
    expect(report.findings).toContainEqual(
      expect.objectContaining({ rule: 'consistency/slug-folder', line: 2 }),
    )
    const { 'scripts/run.py': _gone, ...withoutScript } = goodSkill
    expect(severityOf(lintFiles('x', toFiles(withoutScript)), 'consistency/command')).toBe('high')
  })

  it.each([
    ['ELF', [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]],
    ['PE', [0x4d, 0x5a, 0x90, 0x00, 3, 0]],
    ['Mach-O', [0xcf, 0xfa, 0xed, 0xfe, 7, 0]],
    ['zip', [0x50, 0x4b, 3, 4, 20, 0]],
    ['gzip', [0x1f, 0x8b, 8, 0]],
  ])('refuses a %s file whatever its name', (_kind, bytes) => {
    const files = [
      ...toFiles(goodSkill),
      { path: 'notes.txt', content: Uint8Array.from(bytes), executable: false },
    ]
    expect(severityOf(lintFiles('x', files), 'archive/binary')).toBe('high')
  })

  it('allows a picture, and text that happens to begin with MZ', () => {
    const files = [
      ...toFiles({ ...goodSkill, 'mz.txt': 'MZ is a postcode prefix' }),
      { path: 'icon.png', content: Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 1]), executable: false },
    ]
    expect(lintFiles('x', files).findings).toEqual([])
  })

  it.each(['CON.md', 'docs/aux.txt', 'a:b.txt', 'trailing. ', '.claude/settings.json', '.npmrc', 'lib.pyc'])(
    'refuses the name %s',
    (path) => {
      expect(lintFiles('x', toFiles({ ...goodSkill, [path]: 'x' })).verdict).toBe('fail')
    },
  )

  it('refuses two names that are one on many computers', () => {
    expect(
      rulesOf(lintFiles('x', toFiles({ ...goodSkill, 'readme.txt': 'a', 'README.TXT': 'b' }))),
    ).toContain('archive/name')
  })

  it('refuses a file larger than 5 MB', () => {
    expect(
      rulesOf(lintFiles('x', toFiles({ ...goodSkill, 'big.csv': 'x'.repeat(5 * 1024 * 1024 + 1) }))),
    ).toEqual(['archive/too-large'])
  })
})

describe('lintFolder', () => {
  it('names a link and does not follow it', async () => {
    const folder = await folderOf(goodSkill)
    const outside = await folderOf({ 'secret.txt': 'AKIA0123456789ABCDEF' }, 'outside')
    await symlink(outside, join(folder, 'linked'))
    const report = await lintFolder(folder)
    expect(rulesOf(report)).toEqual(['archive/link'])
    expect(report.verdict).toBe('fail')
  })

  it('says so when there is no folder', async () => {
    await expect(lintFolder('/nonexistent/skill')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('lintArchive', () => {
  it('gives a packed folder the verdict of the folder', async () => {
    const { tarball } = await packFolder(await folderOf(goodSkill))
    expect((await lintArchiveBytes('x', tarball, { purpose: 'publish' })).findings).toEqual([])
  })

  it.each(['014-path-dotdot-mid.tgz', '094-link-sym-abs.tgz', '120-type-fifo.tgz', '190-zero-bytes.tgz'])(
    'turns %s into a critical finding',
    async (name) => {
      const report = await lintArchive(join(import.meta.dirname, '../../fixtures/archives', name))
      expect(report.verdict).toBe('fail')
      expect(report.findings[0]).toMatchObject({ severity: 'critical' })
      expect(report.findings[0]?.rule).toMatch(/^archive\//)
    },
  )

  it('says so when there is no file', async () => {
    await expect(lintArchive('/nonexistent.tgz')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
