/**
 * Makes each of our schemas when it is first asked for: a command has use for a few of them, and making all that its
 * modules declare takes zod longer than most of the work. Works on chunks that hold one module each: other chunks ask for
 * a schema through a getter, so `var aSchema = z.object(…)` can become a function that remembers its answer, and every
 * mention of it a call.
 *
 * @returns {import('vite').Plugin}
 */
export function lazySchemas() {
  return {
    name: 'skillet:lazy-schemas',
    apply: 'build',
    renderChunk(code, chunk) {
      if (!chunk.moduleIds.some((id) => !id.startsWith('\0') && !id.includes('/node_modules/'))) return null
      const edits = editsOf(this.parse(code))
      return edits.length === 0 ? null : { code: withEdits(code, edits), map: null }
    },
  }
}

/** @typedef {any} Node ESTree's, with `start` and `end` */
/** @typedef {{ start: number, end: number, text: string }} Edit */

/** @param {Node} program @returns {Edit[]} */
function editsOf(program) {
  /** @type {Node[]} */
  const declarators = program.body
    .filter((/** @type {Node} */ node) => node.type === 'VariableDeclaration')
    .flatMap((/** @type {Node} */ node) => node.declarations)
  /** @type {Map<string, number>} */
  const declared = new Map()
  walk(program, null, (node) => {
    for (const name of namesDeclaredBy(node)) declared.set(name, (declared.get(name) ?? 0) + 1)
  })
  const schemas = new Map(
    declarators
      // One whose name means something else somewhere in the file is made at once, as it is written.
      .filter(({ id, init }) => declared.get(id.name) === 1 && isSchema(init))
      .map((declarator) => [declarator.id.name, declarator]),
  )
  /** @type {Edit[]} */
  const edits = []
  for (const [name, { id, init }] of schemas) {
    edits.push({ start: id.start, end: init.start, text: `${name}$made, ${name} = () => ${name}$made ??= (` })
    edits.push({ start: init.end, end: init.end, text: ')' })
  }
  walk(program, null, (node, parent) => {
    if (node.type !== 'Identifier' || !schemas.has(node.name) || schemas.get(node.name)?.id === node) return
    if (parent?.type === 'MemberExpression' && parent.property === node && !parent.computed) return
    if (parent?.type === 'Property' && parent.shorthand) {
      if (parent.value === node)
        edits.push({ start: node.start, end: node.end, text: `${node.name}: ${node.name}()` })
      return
    }
    if (parent?.type === 'Property' && parent.key === node && !parent.computed) return
    edits.push({ start: node.start, end: node.end, text: `${node.name}()` })
  })
  return edits
}

/** `z.a(…)`, `other.bSchema.c(…)`, `aSchema.extend(…)`, and so on: what starts with zod or a schema. @param {Node} init */
function isSchema(init) {
  if (init?.type !== 'CallExpression') return false
  for (let node = init; ;) {
    if (node.type === 'CallExpression') node = node.callee
    else if (node.type === 'MemberExpression' && !node.computed) {
      if (node.property.name.endsWith('Schema')) return true
      node = node.object
    } else return node.type === 'Identifier' && (node.name === 'require_zod' || node.name.endsWith('Schema'))
  }
}

/** @param {Node} node @returns {string[]} */
function namesDeclaredBy(node) {
  switch (node.type) {
    case 'VariableDeclarator':
      return namesIn(node.id)
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return [...(node.id ? [node.id.name] : []), ...node.params.flatMap(namesIn)]
    case 'ClassDeclaration':
    case 'ClassExpression':
      return node.id ? [node.id.name] : []
    case 'CatchClause':
      return node.param ? namesIn(node.param) : []
    default:
      return []
  }
}

/** Names that a pattern binds. @param {Node} pattern @returns {string[]} */
function namesIn(pattern) {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern.name]
    case 'ObjectPattern':
      return pattern.properties.flatMap((/** @type {Node} */ one) => namesIn(one.argument ?? one.value))
    case 'ArrayPattern':
      return pattern.elements.flatMap(namesIn)
    case 'AssignmentPattern':
      return namesIn(pattern.left)
    case 'RestElement':
      return namesIn(pattern.argument)
    default:
      return []
  }
}

/** @param {Node} node @param {Node} parent @param {(node: Node, parent: Node) => void} visit */
function walk(node, parent, visit) {
  visit(node, parent)
  for (const value of Object.values(node))
    for (const child of Array.isArray(value) ? value : [value])
      if (typeof child?.type === 'string') walk(child, node, visit)
}

/** @param {string} code @param {Edit[]} edits */
function withEdits(code, edits) {
  let at = 0
  let edited = ''
  for (const { start, end, text } of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    edited += code.slice(at, start) + text
    at = end
  }
  return edited + code.slice(at)
}
