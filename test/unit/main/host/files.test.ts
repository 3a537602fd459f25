import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFiles } from '../../../../src/main/host/files.ts'

let folder: string
let opened: string[]
let revealed: string[]
let shown: string[]
let files: ReturnType<typeof createFiles>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-files-'))
  opened = []
  revealed = []
  shown = []
  files = createFiles({
    showPage: (path) => {
      shown.push(path)
      return Promise.resolve()
    },
    open: (path) => {
      opened.push(path)
      return Promise.resolve('')
    },
    reveal: (path) => void revealed.push(path),
  })
})
afterEach(() => rm(folder, { recursive: true }))

async function written(name: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, 'x')
  files.remember({ read: [], written: [path] })
  return path
}
const show = (path: string, how: 'open' | 'reveal') => files.handlers['file.show']({ path, how })

describe('file.show', () => {
  it('opens a document that a run wrote', async () => {
    const path = await written('report.pdf')
    await show(path, 'open')
    expect(opened).toEqual([path])
  })

  it.each(['report.html', 'REPORT.HTM', 'chart.svg'])(
    'shows %s itself, since a browser would run its scripts',
    async (name) => {
      const path = await written(name)
      await show(path, 'open')
      expect(shown).toEqual([path])
      expect(opened).toEqual([])
    },
  )

  it('refuses a path that no run used', async () => {
    const path = join(folder, 'other.html')
    await writeFile(path, 'x')
    await expect(show(path, 'open')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    await expect(show('/etc/passwd', 'reveal')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    expect([...opened, ...revealed]).toEqual([])
  })

  it.each(['run.sh', 'setup.exe', 'app.desktop', 'a.js', 'report.html.command', 'noextension'])(
    'reveals %s but does not open it',
    async (name) => {
      const path = await written(name)
      await expect(show(path, 'open')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
      await show(path, 'reveal')
      expect(opened).toEqual([])
      expect(revealed).toEqual([path])
    },
  )

  it('does not open an executable that calls itself a document', async () => {
    const path = await written('report.pdf')
    await chmod(path, 0o755)
    await expect(show(path, 'open')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
  })

  it('does not open a document that was swapped for a link to a program', async () => {
    const path = await written('report.pdf')
    await rm(path)
    await symlink('/bin/sh', path)
    await expect(show(path, 'open')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    expect(opened).toEqual([])
  })

  it('says that a file is gone', async () => {
    const path = await written('report.csv')
    await rm(path)
    await expect(show(path, 'open')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
