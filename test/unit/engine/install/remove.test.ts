import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { recover } from '../../../../src/engine/install/recover.ts'
import { removeSkill, restoreSkill } from '../../../../src/engine/install/remove.ts'
import { toPublishKeys } from '../../../../src/trust/publish-keys.ts'
import { generateSigningKey } from '../../../../src/trust/sign.ts'
import { openHome, treeOf } from '../../../support/install-home.ts'
import { startTinyRegistry, type TinyRegistry } from '../../../support/tiny-registry.ts'
import { codeOf } from '../../trust/code.ts'

const key = generateSigningKey()
const root = toPublishKeys([key.publicKey])
const slug = 'sample-skill'
let folder: string
let registry: TinyRegistry
let home: Awaited<ReturnType<typeof openHome>>

async function install(): Promise<void> {
  const plan = await home.installer.plan({ slug })
  await home.installer.apply(plan.planId, { 'fs:read': { decision: 'allow' } }, 'window')
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-remove-'))
  registry = await startTinyRegistry(key)
  registry.publish()
  home = await openHome({ home: folder, registryUrl: registry.url, root })
  await install()
  await mkdir(join(folder, 'state', slug, 'traces'), { recursive: true })
  await writeFile(join(folder, 'state', slug, 'traces', 'log.txt'), 'kept')
})
afterEach(async () => {
  await registry.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('removing a skill', () => {
  it('takes files, state and grants away, and brings all of them back', async () => {
    const before = await treeOf(folder)
    const { undoId } = await removeSkill(home, slug)
    expect(await home.store.list()).toEqual([])
    expect(await home.grants.list(slug)).toEqual([])
    const removed = await treeOf(folder)
    expect(removed.some((line) => /^(skills|state|records)\/sample-skill/.test(line))).toBe(false)

    expect(await restoreSkill(home, undoId)).toEqual({ slug })
    expect(await treeOf(folder)).toEqual(before)
    expect(await codeOf(restoreSkill(home, undoId))).toBe('NOT_FOUND')
  })

  it('refuses what is not installed, and hostile names and numbers', async () => {
    expect(await codeOf(removeSkill(home, 'nothing'))).toBe('NOT_INSTALLED')
    expect(await codeOf(removeSkill(home, '../records'))).toBe('NOT_INSTALLED')
    expect(await codeOf(restoreSkill(home, '../skills'))).toBe('NOT_FOUND')
  })

  it('does not put a removed skill over one that was installed again', async () => {
    const { undoId } = await removeSkill(home, slug)
    await install()
    expect(await codeOf(restoreSkill(home, undoId))).toBe('INPUT_INVALID')
  })

  it('is finished at the next start when a kill cut it short', async () => {
    // As after a kill between the two renames: the record is in the trash, the files aren't.
    const trash = join(folder, 'trash', '8d0f6f0e-55a1-4c7c-9a0b-0a4a4d9c1a11')
    await mkdir(trash)
    await writeFile(join(trash, 'grants.json'), JSON.stringify(await home.grants.list(slug)))
    await rename(home.store.recordPath(slug), join(trash, `record-${slug}.json`))
    await recover(home.store, home.grants, home.journal)
    expect(await home.grants.list(slug)).toEqual([])
    expect((await treeOf(folder)).some((line) => /^(skills|state)\/sample-skill/.test(line))).toBe(false)
    await restoreSkill(home, '8d0f6f0e-55a1-4c7c-9a0b-0a4a4d9c1a11')
    expect(await readFile(join(folder, 'state', slug, 'traces', 'log.txt'), 'utf8')).toBe('kept')
  })

  it('keeps what was decided after a removal that was complete', async () => {
    await removeSkill(home, slug)
    await install()
    const decided = await home.grants.list(slug)
    await rm(home.store.recordPath(slug))
    await rm(join(folder, 'skills', slug), { recursive: true })
    await recover(home.store, home.grants, home.journal)
    expect(await home.grants.list(slug)).toEqual(decided)
  })

  it('changes nothing when the journal cannot be written', async () => {
    const before = await treeOf(folder)
    await writeFile(join(folder, 'audit', 'head.json'), '{')
    expect(await codeOf(removeSkill(home, slug))).toBe('STORE_DAMAGED')
    expect(await treeOf(folder)).toEqual(before)
  })

  it('starts although a file manager left its own files in its folders', async () => {
    for (const name of ['trash', 'staging']) await writeFile(join(folder, name, '.DS_Store'), 'x')
    expect(await recover(home.store, home.grants, home.journal)).toBe(true)
    const tree = (await treeOf(folder)).map((line) => line.split(' ')[0])
    expect(tree).toContain('trash/.DS_Store')
    expect(tree).not.toContain('staging/.DS_Store')
  })
})
