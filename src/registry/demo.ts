import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { SkilletError } from '../shared/errors.ts'
import { findingSchema } from '../shared/finding.ts'
import { plainErrorSchema } from '../shared/plain-error.ts'
import { parseSkillToml } from '../review/manifest.ts'
import { mintKey } from './auth/api-keys.ts'
import { digestOf } from './auth/key-format.ts'
import { within, type Database } from './db/database.ts'
import type { Log } from './log.ts'
import { readIfThere, writeWhole } from './whole-file.ts'

/** Packs a skill's folder into a deterministic gzip tarball. */
export type Pack = (folder: string) => Promise<{ tarball: Uint8Array }>

const demoKeysSchema = z.strictObject({
  adminKey: z.string(),
  /** Where two people must have looked, this is the other one. */
  reviewerKey: z.string(),
  publisherKey: z.string(),
  demoKey: z.string(),
})
export type DemoKeys = z.infer<typeof demoKeysSchema>

/** Who approves the demo's skills: named so that nobody takes it for a person. */
const administrator = 'demo-registry'

/** The demo's keys: kept in `demo.json` (0600) between starts, minted anew where they are no longer valid. */
export async function openDemoKeys(database: Database, dataDir: string): Promise<DemoKeys> {
  const path = join(dataDir, 'demo.json')
  const text = await readIfThere(path)
  if (text !== null) {
    const known = demoKeysSchema.safeParse(JSON.parse(text))
    if (known.success && (await allValid(database, Object.values(known.data)))) return known.data
  }
  const mint = async (account: string, label: string, scopes: Parameters<typeof mintKey>[1]['scopes']) =>
    (
      await mintKey(database, {
        account,
        label,
        scopes,
        tier: account === administrator ? 'pro_plus' : 'free',
      })
    ).key
  const keys: DemoKeys = {
    adminKey: await mint(administrator, 'Demo administrator', [
      'admin',
      'review:write',
      'write:publish',
      'read:catalog',
    ]),
    reviewerKey: await mint('demo-reviewer', 'Demo reviewer', ['review:write']),
    publisherKey: await mint('skillet-labs', 'Demo publisher', ['write:publish', 'read:catalog']),
    demoKey: await mint('demo', 'Demo reader', ['read:catalog']),
  }
  await writeWhole(path, `${JSON.stringify(keys, null, 2)}\n`)
  return keys
}

async function allValid(database: Database, keys: string[]): Promise<boolean> {
  const inForce = await within(database, { across: 'keys' }, (transaction) =>
    transaction
      .selectFrom('api_keys')
      .select('id')
      .where('digest', 'in', keys.map(digestOf))
      .where('revoked_at', 'is', null)
      .execute(),
  )
  return inForce.length === keys.length
}

const submissionAnswer = z.object({ id: z.string(), state: z.string(), findings: z.array(findingSchema) })
const decidedAnswer = z.object({ state: z.string(), missing: z.number(), comment: z.string().nullable() })

/**
 * Publishes every skill of a folder over the HTTP interface, as any publisher would: packed, submitted, reviewed,
 * signed. Versions that are published already stay as they are.
 * Throws PUBLISH_REJECTED naming the skill that the linter refuses.
 */
export async function publishDemoSkills(demo: {
  url: string
  keys: DemoKeys
  skillsDir: string
  pack: Pack
  log: Log
}): Promise<void> {
  const submitted: { id: string; slug: string; version: string }[] = []
  for (const folder of await skillFolders(demo.skillsDir)) {
    const manifest = parseSkillToml(
      await readFile(join(folder, 'skill.toml'), 'utf8'),
      join(folder, 'skill.toml'),
    )
    const release = `${demo.url}/releases/${manifest.slug}/${manifest.version}.dsse.json`
    if ((await fetch(release, { method: 'HEAD' })).ok) continue
    const { tarball } = await demo.pack(folder)
    // The demo's own publisher has a key of its own; the administrator stands in for every other.
    const key = manifest.publisher === 'skillet-labs' ? demo.keys.publisherKey : demo.keys.adminKey
    const { id } = z
      .object({ id: z.string() })
      .parse(await send(`${demo.url}/api/submissions`, key, tarball, 'application/gzip'))
    submitted.push({ id, slug: manifest.slug, version: manifest.version })
  }
  // All at once: the registry signs its lists once for as many as it can.
  await Promise.all(submitted.map((submission) => reviewDemo(demo, submission)))
}

/** Waits for the check, then approves as often as is needed. */
async function reviewDemo(
  demo: { url: string; keys: DemoKeys; log: Log },
  { id, slug, version }: { id: string; slug: string; version: string },
): Promise<void> {
  const read = async () => {
    const response = await fetch(`${demo.url}/api/submissions/${id}?wait=30`, {
      headers: { 'x-api-key': demo.keys.adminKey },
    })
    return submissionAnswer.parse(await answerOf(response))
  }
  let submission = await read()
  while (submission.state === 'submitted') submission = await read()
  if (submission.state !== 'in_review') {
    const worst = submission.findings[0]
    throw new SkilletError(
      'PUBLISH_REJECTED',
      `The demo skill ${slug} was refused: ${worst === undefined ? '' : `${worst.file}:${worst.line ?? ''} ${worst.message}`}`,
    )
  }
  const comment = 'Part of the demo catalog, whose sources come with Skillet.'
  for (const key of [demo.keys.adminKey, demo.keys.reviewerKey]) {
    const decided = decidedAnswer.parse(
      await send(
        `${demo.url}/api/submissions/${id}/approve`,
        key,
        JSON.stringify({ comment }),
        'application/json',
      ),
    )
    if (decided.missing > 0) continue
    if (decided.state === 'rejected')
      throw new SkilletError(
        'PUBLISH_REJECTED',
        `The demo skill ${slug} was refused: ${decided.comment ?? ''}`,
      )
    demo.log('info', 'demo.published', { slug, version })
    return
  }
}

async function skillFolders(skillsDir: string): Promise<string[]> {
  let entries
  try {
    entries = await readdir(skillsDir, { withFileTypes: true })
  } catch (error) {
    throw new SkilletError('NOT_FOUND', `There is no folder of demo skills at ${skillsDir}.`, {
      remedy: 'Start from the project folder, or name the folder of skills.',
      cause: error,
    })
  }
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => join(skillsDir, entry.name))
  const skills: string[] = []
  for (const folder of folders.sort())
    if ((await readIfThere(join(folder, 'skill.toml'))) !== null) skills.push(folder)
  return skills
}

async function send(url: string, key: string, body: Uint8Array | string, type: string): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': type },
    // A string or bytes; the two lib versions of Uint8Array differ only in name.
    body: body as string,
  })
  return answerOf(response)
}

async function answerOf(response: Response): Promise<unknown> {
  const answer: unknown = await response.json()
  if (response.ok) return answer
  const { error } = z.object({ error: plainErrorSchema }).parse(answer)
  throw new SkilletError(error.code, error.message, { remedy: error.remedy })
}
