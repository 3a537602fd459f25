import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { SkilletError } from '../../shared/errors.ts'
import type { Release, ReleaseFile } from '../../shared/release.ts'
import { sha256Hex } from '../../trust/digest.ts'

/** One file as an agent gets to see it. `path` is relative, with slashes. */
export interface ViewFile {
  readonly path: string
  readonly content: Uint8Array
  readonly sha256: string
}

const documents = new Set('.md .markdown .txt .rst .adoc .csv .tsv .png .jpg .jpeg .gif .webp'.split(' '))
/** Agents take these for orders about the folder that they lie in. */
const orders = /^(agents|claude|gemini|copilot-instructions)\.md$/i

/**
 * Whether agents get to see a file of a skill. Words and pictures only: a program that lay there would sooner or later be
 * started by an agent itself, outside the sandbox and with all that the agent may do.
 */
export function isShown({ path, executable }: ReleaseFile, { skill }: Pick<Release, 'skill'>): boolean {
  const names = path.split('/')
  return (
    !executable &&
    documents.has(extname(path).toLowerCase()) &&
    !names.some((name) => name.startsWith('.')) &&
    !orders.test(names.at(-1) ?? '') &&
    !skill.run.command.includes(path)
  )
}

/**
 * What agents get to see of a skill: its documents, each compared with the signed release, and below SKILL.md's own words
 * how to run it through Skillet. `folder` holds the installed files.
 * @throws SkilletError INTEGRITY_BROKEN; PERMISSION_DENIED where SKILL.md asks agents to let it do things unasked
 */
export async function readView(folder: string, release: Release): Promise<ViewFile[]> {
  const view: ViewFile[] = []
  for (const file of release.files.filter((one) => isShown(one, release))) {
    const content = new Uint8Array(await readFile(join(folder, file.path)).catch(() => Buffer.alloc(0)))
    if (sha256Hex(content) !== file.sha256)
      throw new SkilletError('INTEGRITY_BROKEN', `${file.path} of ${release.slug} is not what was signed.`)
    if (startsProgram(content)) continue
    const shown = file.path === 'SKILL.md' ? withNote(content, release) : content
    view.push({ path: file.path, content: shown, sha256: sha256Hex(shown) })
  }
  return view
}

const startsProgram = (content: Uint8Array) => content[0] === 0x23 && content[1] === 0x21

/** What an agent counts as SKILL.md's front matter. */
const frontMatter = /^\ufeff?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/

function withNote(content: Uint8Array, release: Release): Uint8Array {
  const text = Buffer.from(content).toString('utf8')
  // Agents let a skill use these tools without asking. What a skill may do is decided in Skillet, by the person.
  if (/^\s*["']?allowed-tools["']?\s*:/m.test(frontMatter.exec(text)?.[1] ?? ''))
    throw new SkilletError(
      'PERMISSION_DENIED',
      `${release.slug} asks agents to let it use their tools without asking you (allowed-tools), so it can't be given to them.`,
      { remedy: 'Run it in Skillet, or ask its publisher to leave allowed-tools out of SKILL.md.' },
    )
  return new Uint8Array(Buffer.concat([content, Buffer.from(howToRun(release))]))
}

/** For agents, who read English; nobody else sees it. */
function howToRun({ slug, version, publisher, skill }: Release): string {
  const inputs = Object.entries(skill.run.inputs)
  const words = inputs.map(([name, { required }]) => (required ? ` --input ${name}=VALUE` : '')).join('')
  const list = inputs
    .map(
      ([name, { type, required, title }]) =>
        `- \`${name}\` (${type}${required ? ', required' : ''}): ${title.replace(/\s+/g, ' ')}\n`,
    )
    .join('')
  return `

<!-- Added by Skillet. All above is ${slug} ${version} as ${publisher} published it. -->

## Running this skill

Its program is not in this folder. Run it through Skillet, in whose sandbox it has what the user allowed and nothing else:

- with Skillet's MCP server: the tool \`run_skill\` with the slug \`${slug}\`
- at a command line: \`skillet run ${slug}${words}\`

${list === '' ? '' : `Inputs:\n\n${list}\n`}Where Skillet says that something waits for the user, tell them; do not look for a way around it.
`
}
