import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { removeSkill, restoreSkill } from '../../../../src/engine/install/remove.ts'
import { emptyTrash, listTrash } from '../../../../src/engine/install/trash.ts'
import { toPublishKeys } from '../../../../src/trust/publish-keys.ts'
import { generateSigningKey } from '../../../../src/trust/sign.ts'
import { sampleRelease } from '../../../support/sample-release.ts'
import { installSample, openStore, type StoreHome } from '../../../support/store-home.ts'
import { treeOf } from '../../../support/tree.ts'
import { codeOf } from '../../trust/code.ts'

const key = generateSigningKey()
const keys = toPublishKeys([key.publicKey])
const slug = 'sample-skill'
const undoId = '8d0f6f0e-55a1-4c7c-9a0b-0a4a4d9c1a11'
const day = 24 * 60 * 60 * 1000
let folder: string
let home: StoreHome
let today: Date

const now = () => today
const install = (version = '1.0.0') => installSample(home, sampleRelease(key, { version }))
const reopen = async () => (home = await openStore(folder, keys, now))
/** Where nothing was ever written since, nobody knows whether the clock is right. */
const reopenLater = async () => {
  await home.journal.append('note', null, 'Something happened.')
  await reopen()
}
const names = (tree: string[]) => tree.map((line) => line.split(' ')[0])

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-remove-'))
  today = new Date('2026-11-20T12:00:00Z')
  await reopen()
  await install('1.0.0')
  await install('1.1.0')
  await mkdir(join(folder, 'state', slug, 'traces'), { recursive: true })
  await writeFile(join(folder, 'state', slug, 'traces', 'log.txt'), 'kept')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('removing a skill', () => {
  it('takes files, kept versions, state and grants away, and brings all of them back', async () => {
    const before = await treeOf(folder)
    const removed = await removeSkill(home, slug, now)
    expect(await home.store.list()).toEqual([])
    expect(await home.grants.list(slug)).toEqual([])
    const left = names(await treeOf(folder))
    expect(left.some((path) => /^(skills|state|records|records\/kept)\/sample-skill/.test(path!))).toBe(false)

    expect(await restoreSkill(home, removed.undoId)).toEqual({ slug })
    expect(await treeOf(folder)).toEqual(before)
    expect(await codeOf(restoreSkill(home, removed.undoId))).toBe('NOT_FOUND')
    const events = (await home.journal.list({ limit: 2, before: null })).map(({ event }) => event)
    expect(events).toEqual(['restore', 'remove'])
  })

  it('refuses what is not installed, and hostile names and numbers', async () => {
    expect(await codeOf(removeSkill(home, 'nothing'))).toBe('NOT_INSTALLED')
    expect(await codeOf(removeSkill(home, '../records'))).toBe('NOT_INSTALLED')
    expect(await codeOf(restoreSkill(home, '../skills'))).toBe('NOT_FOUND')
    expect(await codeOf(emptyTrash(home, '../skills'))).toBe('NOT_FOUND')
  })

  it('does not put a removed skill over one that was installed again', async () => {
    const removed = await removeSkill(home, slug, now)
    await install()
    expect(await codeOf(restoreSkill(home, removed.undoId))).toBe('INPUT_INVALID')
  })

  it('keeps what was decided after a removal that was complete', async () => {
    await removeSkill(home, slug, now)
    await install()
    const decided = await home.grants.list(slug)
    await rm(home.store.recordPath(slug))
    await rm(join(folder, 'skills', slug), { recursive: true })
    await reopen()
    expect(await home.grants.list(slug)).toEqual(decided)
  })

  it('changes nothing when the journal cannot be written, neither way', async () => {
    const head = await readFile(join(folder, 'audit', 'head.json'))
    await writeFile(join(folder, 'audit', 'head.json'), '{')
    const before = await treeOf(folder)
    expect(await codeOf(removeSkill(home, slug, now))).toBe('AUDIT_BROKEN')
    expect(await treeOf(folder)).toEqual(before)

    await writeFile(join(folder, 'audit', 'head.json'), head)
    const removed = await removeSkill(home, slug, now)
    const gone = await treeOf(folder)
    await writeFile(join(folder, 'audit', 'head.json'), '{')
    expect(await codeOf(restoreSkill(home, removed.undoId))).toBe('AUDIT_BROKEN')
    expect(await treeOf(folder)).toEqual(gone)
  })

  it('starts although a file manager left its own files in its folders', async () => {
    for (const name of ['trash', 'staging']) await writeFile(join(folder, name, '.DS_Store'), 'x')
    expect((await reopen()).putOff).toBeNull()
    const tree = names(await treeOf(folder))
    expect(tree).toContain('trash/.DS_Store')
    expect(tree).not.toContain('staging/.DS_Store')
  })
})

describe('the trash', () => {
  it('lists by the title that was signed, newest first, and by the name where nobody trusted signed', async () => {
    const first = await removeSkill(home, slug, now)
    today = new Date(today.getTime() + day)
    await installSample(home, sampleRelease(key, { slug: 'other-skill' }))
    const second = await removeSkill(home, 'other-skill', now)
    const listed = await listTrash(home.store, keys)
    expect(listed).toEqual([
      {
        undoId: second.undoId,
        slug: 'other-skill',
        version: '1.0.0',
        title: 'Sample',
        removedAt: '2026-11-21T12:00:00.000Z',
        keptUntil: '2026-12-21T12:00:00.000Z',
      },
      {
        undoId: first.undoId,
        slug,
        version: '1.1.0',
        title: 'Sample',
        removedAt: '2026-11-20T12:00:00.000Z',
        keptUntil: '2026-12-20T12:00:00.000Z',
      },
    ])
    const strangers = toPublishKeys([generateSigningKey().publicKey])
    expect((await listTrash(home.store, strangers)).map(({ title }) => title)).toEqual(['other-skill', slug])
  })

  it('deletes one, or all, for good', async () => {
    const first = await removeSkill(home, slug, now)
    await install()
    const second = await removeSkill(home, slug, now)
    await emptyTrash(home, first.undoId)
    expect(await codeOf(restoreSkill(home, first.undoId))).toBe('NOT_FOUND')
    expect((await listTrash(home.store, keys)).map((one) => one.undoId)).toEqual([second.undoId])
    await emptyTrash(home, null)
    expect(await readdir(join(folder, 'trash'))).toEqual([])
  })

  it('keeps what was removed for thirty days, whatever the clock did meanwhile', async () => {
    // Without a battery the clock starts in 1970: by it, this was removed long before it was installed.
    today = new Date('1970-01-02T00:00:00Z')
    await removeSkill(home, slug, now)
    today = new Date('2026-11-25T12:00:00Z')
    await reopen()
    expect(await listTrash(home.store, keys)).toHaveLength(1)
    today = new Date('2020-01-01T00:00:00Z')
    await reopen()
    expect(await listTrash(home.store, keys)).toHaveLength(1)
    today = new Date('2026-12-21T12:00:01Z')
    await reopenLater()
    expect(await readdir(join(folder, 'trash'))).toEqual([])
  })

  it('goes by the file system for what was removed before that was written down', async () => {
    const removed = await removeSkill(home, slug, now)
    const path = join(folder, 'trash', removed.undoId)
    await rm(join(path, 'removal.json'))
    const at = new Date(today.getTime() - 29 * day)
    await utimes(path, at, at)
    await reopen()
    expect((await listTrash(home.store, keys)).map(({ removedAt }) => removedAt)).toEqual([at.toISOString()])
    today = new Date(today.getTime() + 2 * day)
    await reopenLater()
    expect(await listTrash(home.store, keys)).toEqual([])
  })
})

describe('deleting for good', () => {
  it('waits while the clock alone says that it is time', async () => {
    await removeSkill(home, slug, now)
    // Wrong by a month, at one start.
    today = new Date(today.getTime() + 31 * day)
    await reopen()
    expect(await listTrash(home.store, keys)).toHaveLength(1)

    // The registry signed its lists yesterday, whatever this computer's clock and its journal say.
    const lists = join(folder, 'trust', 'one')
    await mkdir(lists, { recursive: true })
    const signed = (at: string) => JSON.stringify({ signed: { 'x-signed-at': at }, signatures: [] })
    await writeFile(join(lists, 'timestamp.json'), signed('2026-11-20T11:00:00Z'))
    await reopenLater()
    expect(await listTrash(home.store, keys)).toHaveLength(1)
    await writeFile(join(lists, 'timestamp.json'), signed('2026-12-21T11:00:00Z'))
    await reopen()
    expect(await readdir(join(folder, 'trash'))).toEqual([])
  })

  it('reaches what could not be settled, too', async () => {
    await mkdir(join(folder, 'trash', `damaged-${undoId}`))
    await mkdir(join(folder, 'trash', 'my own folder'))
    today = new Date(Date.now() + 29 * day)
    await reopenLater()
    expect(await readdir(join(folder, 'trash'))).toContain(`damaged-${undoId}`)
    today = new Date(Date.now() + 31 * day)
    await reopenLater()
    expect(await readdir(join(folder, 'trash'))).toEqual(['my own folder'])
  })

  it('does not stop at a folder that a skill made read-only', async () => {
    const cache = join(folder, 'state', slug, 'cache', 'mod')
    await mkdir(cache, { recursive: true })
    await writeFile(join(cache, 'file'), 'x')
    await chmod(cache, 0o555)
    await chmod(join(folder, 'state', slug), 0o555)
    const first = await removeSkill(home, slug, now)
    await restoreSkill(home, first.undoId)
    expect((await stat(join(folder, 'state', slug))).mode & 0o777).toBe(0o555)
    const second = await removeSkill(home, slug, now)
    await emptyTrash(home, second.undoId)
    expect(await readdir(join(folder, 'trash'))).toEqual([])
  })

  it('keeps none of the other sweeps from their work', async () => {
    await writeFile(join(folder, 'trust'), 'not a folder')
    await mkdir(join(folder, 'trash', `${undoId}.gone`))
    expect((await reopen()).putOff).not.toBeNull()
    expect(await readdir(join(folder, 'trash'))).toEqual([])
  })
})

describe('a damaged record', () => {
  it('keeps nobody from removing the skill and installing it again', async () => {
    await writeFile(home.store.recordPath(slug), '{')
    const removed = await removeSkill(home, slug, now)
    expect(await home.store.damaged()).toEqual([])
    expect(await readdir(join(folder, 'skills'))).toEqual([])
    expect(await codeOf(restoreSkill(home, removed.undoId))).toBe('STORE_DAMAGED')
    await install('1.1.0')
    expect((await home.store.require(slug)).version).toBe('1.1.0')
    today = new Date(today.getTime() + 31 * day)
    await reopenLater()
    expect(await readdir(join(folder, 'trash'))).toEqual([])
  })

  it('stops neither a start nor other skills when it is a folder', async () => {
    await mkdir(home.store.recordPath('other-skill'))
    await rm(join(folder, 'skills', slug, 'current'))
    await mkdir(join(folder, 'skills', slug, 'current', 'x'), { recursive: true })
    expect((await reopen()).putOff).toBeNull()
    expect((await home.store.damaged()).map((one) => one.slug)).toEqual(['other-skill'])
    expect(await home.store.readCurrent(slug)).toBe('1.1.0')
    await removeSkill(home, 'other-skill', now)
    expect(await home.store.damaged()).toEqual([])
  })
})

describe('after a kill', () => {
  it('finishes a removal that had decided', async () => {
    const before = await treeOf(folder)
    const staged = join(folder, 'staging', undoId)
    await mkdir(staged)
    const removal = { schema: 1, slug, version: '1.1.0', removedAt: today.toISOString() }
    await writeFile(join(staged, 'removal.json'), JSON.stringify(removal))
    await writeFile(join(staged, 'grants.json'), JSON.stringify(await home.grants.list(slug)))
    await rename(home.store.recordPath(slug), join(staged, `record-${slug}.json`))
    await reopen()
    expect(await home.grants.list(slug)).toEqual([])
    expect(names(await treeOf(folder)).some((path) => /^(skills|state)\/sample-skill/.test(path!))).toBe(
      false,
    )
    await restoreSkill(home, undoId)
    expect(await treeOf(folder)).toEqual(before)
  })

  it('undoes one that had not, and settles it before the next change too', async () => {
    const staged = join(folder, 'staging', undoId)
    await mkdir(staged)
    const removal = { schema: 1, slug, version: '1.1.0', removedAt: today.toISOString() }
    await writeFile(join(staged, 'removal.json'), JSON.stringify(removal))
    await install('1.2.0')
    expect(await readdir(join(folder, 'staging'))).toEqual([])
    expect((await home.journal.list({ limit: 2, before: null })).map(({ event }) => event)).toEqual([
      'install',
      'remove.failed',
    ])
  })

  it('finishes a restore wherever it was cut short', async () => {
    const before = await treeOf(folder)
    const removed = await removeSkill(home, slug, now)
    const staged = join(folder, 'staging', removed.undoId)
    await rename(join(folder, 'trash', removed.undoId), staged)
    await writeFile(join(staged, 'restore.json'), JSON.stringify({ slug }))
    await rename(join(staged, 'skill'), join(folder, 'skills', slug))
    await reopen()
    expect(await treeOf(folder)).toEqual(before)
  })

  it('sets aside what can no longer be understood, instead of stopping every skill', async () => {
    const staged = join(folder, 'staging', undoId)
    await mkdir(join(staged, 'replaced'), { recursive: true })
    await writeFile(join(staged, 'intent.json'), '{"record":')
    expect((await reopen()).putOff).toBeNull()
    expect(await readdir(join(folder, 'trash'))).toEqual([`damaged-${undoId}`])
    expect((await home.journal.list({ limit: 1, before: null }))[0]?.event).toBe('store.damaged')
    await install('1.2.0')
  })

  it('forgets a change whose intent a power cut took, for nothing had been moved yet', async () => {
    const before = await treeOf(folder)
    const staged = join(folder, 'staging', undoId)
    await mkdir(join(staged, 'files'), { recursive: true })
    await writeFile(join(staged, 'intent.json'), '')
    expect((await reopen()).putOff).toBeNull()
    expect(await treeOf(folder)).toEqual(before)
  })

  it('stops only its own skill when it cannot be settled, and says what to do', async () => {
    await removeSkill(home, slug, now)
    await install('1.0.0')
    const staged = join(folder, 'staging', undoId)
    await mkdir(staged)
    const removal = { schema: 1, slug, version: '1.0.0', removedAt: today.toISOString() }
    await writeFile(join(staged, 'removal.json'), JSON.stringify(removal))
    await rename(home.store.recordPath(slug), join(staged, `record-${slug}.json`))
    // Where it has to go there is something of another.
    await mkdir(join(folder, 'trash', undoId, 'x'), { recursive: true })
    const files = await readdir(join(folder, 'skills', slug))

    expect((await reopen()).putOff?.message).toContain(`A change of ${slug} was interrupted`)
    const other = sampleRelease(key, { slug: 'other-skill' })
    await installSample(home, other)
    const refused = await install('1.0.0').catch((error: unknown) => error)
    expect(refused).toMatchObject({ remedy: expect.stringContaining(staged) as string })
    expect(await readdir(join(staged, 'skill'))).toEqual(files)

    await rm(join(folder, 'trash', undoId), { recursive: true })
    await install('1.0.0')
    expect((await listTrash(home.store, keys)).map((one) => one.undoId)).toContain(undoId)
  })
})
