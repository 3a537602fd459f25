import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Lang, parse, type SgNode } from '@ast-grep/napi'
import { parseAllDocuments, visit } from 'yaml'

export const source = join(import.meta.dirname, '../../src')

/** A sentence in the source, and where. */
export interface Said {
  key: string
  /** `file:line` below `src`. */
  at: string
}

/** Paths of the TypeScript files in these folders of `src`. */
export async function filesIn(...folders: string[]): Promise<string[]> {
  const found = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(join(source, folder), { recursive: true }))
        .filter((name) => /\.tsx?$/.test(name))
        .map((name) => join(folder, name)),
    ),
  )
  return found.flat()
}

function nodes(file: string, ...kinds: string[]): SgNode[] {
  const text = readFileSync(join(source, file), 'utf8')
  const tree = parse(file.endsWith('x') ? Lang.Tsx : Lang.TypeScript, text).root()
  return tree.findAll({ rule: { any: kinds.map((kind) => ({ kind })) } })
}

const at = (file: string, node: SgNode) => `${file}:${node.range().start.line + 1}`
const inside = (node: SgNode, test: (one: SgNode) => boolean) => node.ancestors().some(test)
const functionOf = (call: SgNode) => call.field('function')?.text() ?? ''

/** What a string or a template says, with `{{0}}`, `{{1}}` … for what the code puts in. */
export function textOf(node: SgNode): string {
  if (node.kind() === 'string') return unescaped(node.text().slice(1, -1))
  let place = 0
  let text = ''
  let from = 1
  const start = node.range().start.index
  const raw = node.text()
  for (const child of node.children().filter((one) => one.kind() === 'template_substitution')) {
    text += `${unescaped(raw.slice(from, child.range().start.index - start))}{{${place}}}`
    from = child.range().end.index - start
    place += 1
  }
  return text + unescaped(raw.slice(from, -1))
}

function unescaped(text: string): string {
  return text
    .replaceAll(/\\u\{?([0-9a-fA-F]+)\}?/g, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)))
    .replaceAll('\\n', '\n')
    .replaceAll(/\\(.)/g, '$1')
}

/** Every `t('…')` of a file; `dynamic`: those whose key is no plain string, so that nobody can translate it. */
export function keysOf(file: string): { said: (Said & { counts: boolean })[]; dynamic: string[] } {
  const calls = nodes(file, 'call_expression').filter((call) => functionOf(call) === 't')
  const keys = calls.map((call) => {
    const args = call.field('arguments')?.children() ?? []
    const key = args.find((one) => !['(', ',', ')', 'comment'].includes(String(one.kind())))
    const counts = /[{,]\s*count\s*[:,}]/.test(call.text())
    return { call, key: key?.kind() === 'string' ? textOf(key) : null, counts }
  })
  return {
    said: keys.flatMap(({ call, key, counts }) =>
      key === null ? [] : [{ key, counts, at: at(file, call) }],
    ),
    dynamic: keys.flatMap(({ call, key }) => (key === null ? [at(file, call)] : [])),
  }
}

/** Words in markup that nobody can translate: text between tags, and attributes that people read or hear. */
export function unsaidIn(file: string): Said[] {
  const read =
    /^(aria-label|aria-description|title|label|placeholder|subtitle|description|alt|kind|loading|text)$/
  const words = nodes(file, 'jsx_text', 'string', 'template_string').filter((node) => {
    if (!/\p{L}{2}/u.test(node.text().replaceAll(/\$\{[^}]*\}/g, ''))) return false
    if (node.kind() === 'jsx_text') return !inside(node, (one) => isElement(one, 'code', 'kbd'))
    if (inside(node, (one) => one.kind() === 'call_expression' && /^(t|say)$/.test(functionOf(one))))
      return false
    const attribute = node.ancestors().find((one) => one.kind() === 'jsx_attribute')
    const name = attribute?.child(0)?.text() ?? ''
    return attribute !== undefined && read.test(name) && /^[\p{Lu}“]|\s/u.test(textOf(node).trim())
  })
  return words
    .map((node) => ({
      key: node.kind() === 'jsx_text' ? node.text().trim() : textOf(node),
      at: at(file, node),
    }))
    .filter(({ key }) => key !== 'Skillet' && !/^(\{\{\d\}\}|[\s·:()])*$/.test(key))
}

function isElement(node: SgNode, ...names: string[]): boolean {
  return node.kind() === 'jsx_element' && names.some((name) => node.text().startsWith(`<${name}`))
}

/** Files of which everything that is words is said to people, also what is no whole sentence. */
const phrases = new Set([
  'engine/chain/run-chain.ts',
  'engine/install/fit.ts',
  'engine/install/integrity.ts',
  'engine/policy/guard-write.ts',
  'engine/probe/match.ts',
  'engine/probe/words.ts',
  'engine/run/ending-words.ts',
  'engine/sandbox/guided-fix.ts',
  'engine/sandbox/receipt.ts',
  'engine/sandbox/sandboxes.ts',
  'engine/sandbox/self-test-script.ts',
  'engine/secrets/keychain-trouble.ts',
  'engine/secrets/places.ts',
  'engine/secrets/vault/vault.ts',
  'main/ipc/handlers/permissions.ts',
  'shared/capability-words.ts',
  'trust/entry-name.ts',
])

/** Files that say why something is refused, in words that end another sentence: "The archive can't be trusted: it is cut short." */
const reasons =
  /^(?:trust.(?:gunzip|pax|publish-keys|second-reader|strict-json|tar-header|tar-reader|verify-release|tuf|tuf.[\w-]+)|engine.(?:policy.(?:sources.[\w-]+|policy-file|logo|fleet-key)|agents.(?:config-edit|config-file|json-config|toml-config)|install.(?:extract|payload)|catalog.(?:catalog-lines|loaded-catalog|open-catalog|build-index)|updates.update-(?:feed|source)))\.ts$/

/** Text for programs: regular expressions, settings, headers. */
const notWords = /^\{\{0\}\} (--|and \{|or \{|recalled)|^sudo |[<>\\$=]|^[\w-]+: [\w-]+$/

/**
 * What the engine says to people: whatever a SkilletError is made of, every whole sentence, and the phrases of some files.
 * Of "Install it: sudo …" it is the words before the command.
 */
export function engineSentencesOf(file: string): Said[] {
  return nodes(file, 'string', 'template_string').flatMap((node) => {
    if (inside(node, (one) => ['import_statement', 'literal_type'].includes(String(one.kind())))) return []
    if (inside(node, (one) => one.kind() === 'call_expression' && /^t$|\blog$/.test(functionOf(one))))
      return []
    const whole = textOf(node)
    const key = /^(.*?:)\s+(?:sudo|skillet|npm) /.exec(whole)?.[1] ?? whole
    const words = key.replaceAll(/\{\{\d+\}\}/g, '')
    if (!/\p{Ll}{2}/u.test(words) || words.includes('\n') || notWords.test(key)) return []
    const failure = inside(
      node,
      (one) => one.kind() === 'new_expression' && /^new SkilletError\b/.test(one.text()),
    )
    const sentence = /^[\p{Lu}\d“{]/u.test(key) && /[.!?…”:]$/.test(key) && /\s/.test(key)
    const phrase =
      phrases.has(file.replaceAll('\\', '/')) &&
      (/^\p{Lu}\p{Ll}{3,}$/u.test(key) || (/\s/.test(key) && /^[\p{L}\d\s,’'(){}:-]+$/u.test(key)))
    const reason =
      reasons.test(file) &&
      /^(?:\p{Ll}|\{\{0\}\} \p{Ll})/u.test(key) &&
      /\p{Ll}{2} \p{L}/u.test(words) &&
      !/["/;]|^entry or foot$/.test(key)
    return (failure && /\s/.test(key)) || sentence || phrase || reason ? [{ key, at: at(file, node) }] : []
  })
}

/** What is kept and shown later: news, titles of incidents, and what is written at a submission. */
const kept = /^(words|title|titleOf|comment|note|name)$/

/** What the registry says to people at its console: what it refuses, and what it tells. */
export function registrySentencesOf(file: string): Said[] {
  return nodes(file, 'string', 'template_string').flatMap((node) => {
    const named = node.ancestors().find((one) => ['pair', 'variable_declarator'].includes(String(one.kind())))
    const name = (named?.field('key') ?? named?.field('name'))?.text() ?? ''
    // The description of each call, for programmers.
    if (/^(summary|description|message)$/.test(name)) return []
    const whole = textOf(node)
    const key = /^(.*?:)\s+(?:sudo|skillet|npm) /.exec(whole)?.[1] ?? whole
    const words = key.replaceAll(/\{\{\d+\}\}/g, '')
    if (!/\p{Ll}{2} |\p{Ll}{2}\.$/u.test(words) || !/^[\p{Lu}\d“{].*\s/u.test(key) || /\n|[<>\\$=]/.test(key))
      return []
    const refused = inside(
      node,
      (one) => one.kind() === 'new_expression' && /^new SkilletError\b/.test(one.text()),
    )
    const told = inside(
      node,
      (one) => one.kind() === 'call_expression' && /^(tellPublisher|super)$/.test(functionOf(one)),
    )
    const sentence = /[.!?…”:]$/.test(key)
    return refused || told || sentence || kept.test(name) ? [{ key, at: at(file, node) }] : []
  })
}

/** Files of the review's that have words to put into its sentences: what a key opens, what a program gives away. */
const rulePhrases =
  /^review.(?:rules.(?:archive|file-kind|secrets)|code.(?:other-languages|judge.(?:files|guarded|sending)))\.ts$/

/** What follows the name of a key of skill.toml: "title: this key is missing." */
const keyTroubles = /^(?:shared.(?:skill-manifest|identifiers)|review.schema-words)\.ts$/

/**
 * What the review says of a skill: every sentence of its rules but what docs/review.md alone says (`looksFor`), the words
 * that are put into them, and what is wrong with a key of skill.toml.
 */
export function ruleSentencesOf(file: string): Said[] {
  if (!/^review(?!.prose.lexicon)/.test(file) && !keyTroubles.test(file)) return []
  return nodes(file, 'string', 'template_string').flatMap((node) => {
    const isCode = (one: SgNode) =>
      ['import_statement', 'literal_type'].includes(String(one.kind())) ||
      /^new (?:Range|Type)?Error\b/.test(one.text())
    if (inside(node, isCode) || nameAbove(node) === 'looksFor') return []
    const key = textOf(node)
    const words = key.replaceAll(/\{\{\d+\}\}/g, '')
    if (!/\p{Ll}{2}/u.test(words) || /[\n<\\$|]/.test(key)) return []
    if (keyTroubles.test(file)) {
      const told = key.replaceAll(/\{\{(\d+)\}\}/g, (_, place: string) => `{{${Number(place) + 1}}}`)
      const isTrouble = /^[\p{Ll}{]/u.test(key) && (/ \S+ /.test(key) || key.startsWith('must be '))
      return isTrouble ? [{ key: `{{0}}: ${told}.`, at: at(file, node) }] : []
    }
    const phrase = /^\p{Ll}[\p{L}\d\s,’'()-]+$/u.test(key)
    const named = /judge.guarded/.test(file) && nameAbove(node) === 'words'
    const sentence = /^["“{\p{Lu}\d]/u.test(key) && /[.!?…]$|^Line .*\}\}$/.test(key) && /\s/.test(key)
    return sentence || (rulePhrases.test(file) && phrase && (named || /\s/.test(key)))
      ? [{ key, at: at(file, node) }]
      : []
  })
}

/** What a string is the value of. */
function nameAbove(node: SgNode): string {
  const parent = node.parent()
  return parent?.kind() === 'pair' ? (parent.field('key')?.text() ?? '') : ''
}

/** The sentences of rules that are written as YAML. */
export async function yamlRuleSentences(): Promise<Said[]> {
  const folder = join(source, 'review/rules')
  const said: Said[] = []
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.yml')))
    for (const document of parseAllDocuments(readFileSync(join(folder, name), 'utf8')))
      visit(document, {
        Pair(_, { key, value }) {
          if (String(key) === 'message') said.push({ key: String(value), at: `review/rules/${name}` })
        },
      })
  return said
}
