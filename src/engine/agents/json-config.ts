import {
  createScanner,
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  type Node,
  type ParseError,
} from 'jsonc-parser'

/** A document of settings that can't be changed without guessing. */
export class ConfigProblem extends Error {}

/** JSON with comments and trailing commas → its value. @throws ConfigProblem */
export function readJsonConfig(text: string): unknown {
  return text.trim() === '' ? {} : (getNodeValue(treeOf(text)) as unknown)
}

/**
 * Adds a member to the object at `path`, which is made where it isn't there. Not a byte of what is there changes but a
 * comma: comments, order, indents and line breaks stay. @throws ConfigProblem
 */
export function addJsonMember(text: string, path: readonly string[], name: string, value: unknown): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  if (text.trim() === '') {
    const whole = [...path, name].reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
    return `${JSON.stringify(whole, null, 2).replaceAll('\n', eol)}${eol}`
  }
  const root = treeOf(text)
  let node = root
  let rest = [...path, name]
  for (; rest.length > 1; rest = rest.slice(1)) {
    const next = findNodeAtLocation(node, [rest[0]!])
    if (next === undefined) break
    assertObject(next, rest[0]!)
    node = next
  }
  const inner = rest.slice(1).reduceRight<unknown>((one, key) => ({ [key]: one }), value)
  return insertMember(text, root, node, rest[0]!, inner, eol)
}

/** Takes a member out, and the comma that it needed. @throws ConfigProblem */
export function removeJsonMember(text: string, path: readonly string[], name: string): string {
  const property = findNodeAtLocation(treeOf(text), [...path, name])?.parent
  const siblings = property?.parent?.children
  if (property === undefined || siblings === undefined) return text
  const index = siblings.indexOf(property)
  const before = siblings[index - 1]
  const after = siblings[index + 1]
  if (after !== undefined)
    return cut(text, lineStartOf(text, property.offset), lineStartOf(text, after.offset))
  const end = commaAfter(text, property) ?? endOf(property)
  if (before === undefined) return cut(text, lineStartOf(text, property.offset), lineEndOf(text, end))
  // The last one: the comma of the one before goes, what is said beside that stays.
  const comma = commaAfter(text, before) ?? endOf(before)
  const hadOwn = commaAfter(text, property) !== null
  const without = cut(text, lineStartOf(text, property.offset), end)
  return hadOwn ? without : cut(without, comma - 1, comma)
}

function treeOf(text: string): Node {
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { allowTrailingComma: true, disallowComments: false })
  if (root === undefined || errors.length > 0) throw new ConfigProblem('it is not valid JSON')
  assertObject(root, 'the document')
  return root
}

function assertObject(node: Node, name: string): void {
  if (node.type !== 'object') throw new ConfigProblem(`${name} is not a group of settings`)
  const names = (node.children ?? []).map((child) => child.children?.[0]?.value as unknown)
  // Which one counts differs from program to program.
  if (new Set(names).size !== names.length) throw new ConfigProblem(`${name} has a setting twice`)
}

function insertMember(
  text: string,
  root: Node,
  node: Node,
  key: string,
  value: unknown,
  eol: string,
): string {
  const children = node.children ?? []
  const last = children.at(-1)
  const isCompact = !text.slice(root.offset, endOf(root)).includes('\n')
  if (isCompact) {
    const member = `${JSON.stringify(key)}: ${JSON.stringify(value)}`
    if (last === undefined) return splice(text, node.offset + 1, member)
    const comma = commaAfter(text, last)
    return comma === null ? splice(text, endOf(last), `, ${member}`) : splice(text, comma, ` ${member},`)
  }
  const unit = unitOf(text, root)
  const outer = indentAt(text, node.offset)
  const own = children.map((child) => indentIfFirst(text, child.offset)).find((indent) => indent !== null)
  const indent = own ?? outer + unit
  const lines = JSON.stringify(value, null, unit).split('\n')
  const member = `${JSON.stringify(key)}: ${lines.join(eol + indent)}`
  if (last === undefined) {
    const closes = !text.slice(node.offset, endOf(node)).includes('\n')
    return splice(text, node.offset + 1, `${eol}${indent}${member}${closes ? eol + outer : ''}`)
  }
  const comma = commaAfter(text, last)
  const anchor = comma ?? endOf(last)
  // What is said about the last one on its line stays beside it.
  const at = restOfLine(text, anchor)
  const closes = !text.slice(at, endOf(node)).includes('\n')
  const added = `${eol}${indent}${member}${comma === null ? '' : ','}${closes ? eol + outer : ''}`
  const withMember = splice(text, at, added)
  return comma === null ? splice(withMember, anchor, ',') : withMember
}

const endOf = (node: Node) => node.offset + node.length
const splice = (text: string, at: number, added: string) => text.slice(0, at) + added + text.slice(at)
const cut = (text: string, from: number, to: number) => text.slice(0, from) + text.slice(to)

// What jsonc-parser's scanner calls its tokens (its enums are erased where modules are compiled alone).
const token = { comma: 5, lineComment: 12, blockComment: 13, lineBreak: 14, space: 15 }

/** End of the comma that follows a member; null where none does. */
function commaAfter(text: string, node: Node): number | null {
  const scanner = createScanner(text, true)
  scanner.setPosition(endOf(node))
  return (scanner.scan() as number) === token.comma ? scanner.getTokenOffset() + 1 : null
}

/** Behind the comments that end the line at `from`; `from` where something else follows on it. */
function restOfLine(text: string, from: number): number {
  const scanner = createScanner(text, false)
  scanner.setPosition(from)
  let end = from
  for (;;) {
    const kind = scanner.scan() as number
    if (kind === token.lineComment || kind === token.blockComment)
      end = scanner.getTokenOffset() + scanner.getTokenLength()
    else if (kind !== token.space) return end
  }
}

/** Where a member's line begins, with the break before it; its own start where it isn't the first on it. */
function lineStartOf(text: string, offset: number): number {
  const indent = indentIfFirst(text, offset)
  if (indent === null) return offset
  const start = offset - indent.length
  return text.slice(0, start).replace(/\r?\n$/, '').length
}

function lineEndOf(text: string, offset: number): number {
  return offset + (/^[ \t]*(?=\r?\n)/.exec(text.slice(offset))?.[0].length ?? 0)
}

/** White space ahead of something that is the first on its line; null where it isn't. */
function indentIfFirst(text: string, offset: number): string | null {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset)
  return /^[ \t]*$/.test(line) && text.lastIndexOf('\n', offset - 1) >= 0 ? line : null
}

function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset))![0]
}

function unitOf(text: string, root: Node): string {
  const [first] = (root.children ?? []).map((child) => indentIfFirst(text, child.offset)).filter(Boolean)
  return first ?? '  '
}
