import type { McpServer } from '@modelcontextprotocol/server'
import { SkillsExtension, type Skill, type SkillSource } from '@modelcontextprotocol/server/ext/skills'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Engine } from '../../engine/api.ts'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import type { McpPorts } from './server.ts'

type Installed = Awaited<ReturnType<Engine['installedFiles']>>[number]

/** Skills of one page of `skills/list`. */
const pageSize = 50
const manifestName = 'SKILL.md'

/** `skill://csv-profile/scripts/profile.py` */
export function skillUri(slug: string, path: string = manifestName): string {
  return `skill://${slug}/${path.split('/').map(encodeURIComponent).join('/')}`
}

/**
 * Installed skills as resources and by the extension `io.modelcontextprotocol/skills`: each with all of its files, and the
 * sizes and digests that its signed release gives them. A file that differs from it isn't served.
 */
export function addSkills(server: McpServer, { engine, log }: Pick<McpPorts, 'engine' | 'log'>): void {
  /** One whose files were changed is left out, and keeps none of the others from being listed. */
  const entryOrNull = (opened: Engine, one: Installed) =>
    entryOf(opened, one).catch((error: unknown) => {
      log(toSkilletError(error))
      return null
    })
  const source: SkillSource = {
    async list({ cursor }) {
      const opened = await engine()
      const all = await opened.installedFiles()
      const from = Number(cursor ?? 0)
      if (!Number.isSafeInteger(from) || from < 0)
        throw new SkilletError('INPUT_INVALID', 'cursor: not one that this list gave.')
      const page = await Promise.all(all.slice(from, from + pageSize).map((one) => entryOrNull(opened, one)))
      const next = from + pageSize
      return {
        skills: page.filter((entry) => entry !== null),
        ...(next < all.length ? { nextCursor: String(next) } : {}),
      }
    },
    async get(uri) {
      const opened = await engine()
      const { slug, path } = partsOf(uri)
      if (path !== manifestName) return undefined
      const installed = (await opened.installedFiles()).find((one) => one.slug === slug)
      return installed && entryOf(opened, installed)
    },
    async read(uri) {
      const { slug, path } = partsOf(uri)
      try {
        return contentOf(await (await engine()).readInstalled(slug, path))
      } catch (error) {
        if (error instanceof SkilletError && notServed.has(error.code)) return undefined
        throw error
      }
    },
    async listResources() {
      const opened = await engine()
      const all = await opened.installedFiles()
      const entries = await Promise.all(all.map((one) => entryOrNull(opened, one)))
      return entries.flatMap((entry, index) =>
        entry === null
          ? []
          : [
              {
                uri: entry.uri,
                name: all[index]!.slug,
                title: all[index]!.skill.title,
                description: entry.frontmatter.description,
                mimeType: 'text/markdown',
                size: all[index]!.files.find(({ path }) => path === manifestName)?.size ?? 0,
                annotations: { audience: ['assistant' as const] },
              },
            ],
      )
    },
  }
  new SkillsExtension({
    source,
    onWarning: ({ path, message }) => log(new SkilletError('INTERNAL', `${path}: ${message}`)),
  }).attach(server)
}

const notServed: ReadonlySet<string> = new Set(['NOT_FOUND', 'NOT_INSTALLED', 'REVOKED'])

async function entryOf(engine: Engine, { slug, version, files }: Installed): Promise<Skill> {
  return {
    uri: skillUri(slug),
    frontmatter: frontMatterOf(await engine.readInstalled(slug, manifestName)),
    resources: files.map(({ path, size, sha256 }) => ({
      uri: skillUri(slug, path),
      size,
      digest: `sha256:${sha256}`,
    })),
    _meta: { 'skillet/version': version },
  }
}

const frontMatterSchema = z.looseObject({ name: z.string(), description: z.string() })

function frontMatterOf(content: Uint8Array): Skill['frontmatter'] {
  const text = new TextDecoder().decode(content)
  const [, yaml = ''] = /^\ufeff?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(text) ?? []
  return frontMatterSchema.parse(parse(yaml))
}

/** A skill's slug, and a path that only ever is looked up among those of its release. */
function partsOf(uri: string): { slug: string; path: string } {
  const [, slug = '', path = ''] = /^skill:\/\/([a-z0-9-]+)\/(.+)$/.exec(uri) ?? []
  try {
    return { slug, path: path.split('/').map(decodeURIComponent).join('/') }
  } catch {
    return { slug, path: '' }
  }
}

function contentOf(content: Uint8Array): { text: string } | { bytes: Uint8Array } {
  try {
    if (!content.includes(0))
      return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content) }
  } catch {
    // Not UTF-8, so not text.
  }
  return { bytes: content }
}
