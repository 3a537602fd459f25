import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agentPlaces, type ConfigForm } from '../../../../src/engine/agents/agent-places.ts'
import { entryIn, spliceOf, withEntry, withoutEntry } from '../../../../src/engine/agents/config-edit.ts'
import { ConfigProblem } from '../../../../src/engine/agents/json-config.ts'

const forms = agentPlaces({ home: '/home/ann', env: {}, platform: 'linux' }).flatMap(
  ({ config }) => config?.form ?? [],
)
const json: ConfigForm = { syntax: 'json', path: ['mcpServers'], entry: 'command', extra: {} }
const nested: ConfigForm = { ...json, path: ['mcp', 'servers'] }
const toml: ConfigForm = { syntax: 'toml', path: ['mcp_servers'], entry: 'command', extra: {} }
const entry = { command: '/opt/Skillet/skillet', args: ['mcp', '--agent', 'cursor'] }

/** Adds and removes, with nothing but the texts and what was noted. */
function roundTrip(text: string, form: ConfigForm): string {
  const added = withEntry(text, form, entry)
  return withoutEntry(added, form, spliceOf(text, added))
}

describe('adding Skillet to settings', () => {
  it('stands last, in the form of what is there, and leaves every comment at its place', () => {
    const text = [
      '// mine',
      '{',
      '\t"theme": "dark", /* as ever */',
      '\t"mcpServers": {',
      '\t\t// the one that I need',
      '\t\t"files": { "command": "files" } // do not touch',
      '\t}',
      '}',
      '',
    ].join('\r\n')
    expect(withEntry(text, json, entry).split('\r\n')).toEqual([
      '// mine',
      '{',
      '\t"theme": "dark", /* as ever */',
      '\t"mcpServers": {',
      '\t\t// the one that I need',
      '\t\t"files": { "command": "files" }, // do not touch',
      '\t\t"skillet": {',
      '\t\t\t"command": "/opt/Skillet/skillet",',
      '\t\t\t"args": [',
      '\t\t\t\t"mcp",',
      '\t\t\t\t"--agent",',
      '\t\t\t\t"cursor"',
      '\t\t\t]',
      '\t\t}',
      '\t}',
      '}',
      '',
    ])
  })

  it.each([
    ['', json],
    ['{}', json],
    ['{\n}\n', json],
    ['{"a":1}', nested],
    ['{"a":1,}', json],
    ['{\n  "mcp": {}\n}', nested],
    ['{\n  "mcp": { "servers": { // none yet\n  } }\n}', nested],
    ['{ "a": [1,\n 2] }', json],
    ['{\n  "a": 1\n  ,\n  "b": 2\n  ,\n}', json],
    ['\ufeff{\r\n}', json],
    ['model = "x"\n\n[mcp_servers.files] # mine\ncommand = "files"', toml],
    ['\ufeff', toml],
  ])('and away again: %j', (text, form) => {
    expect(entryIn(withEntry(text, form, entry), form)).toEqual(entry)
    expect(roundTrip(text, form)).toBe(text)
  })

  it.each([
    ['{ "a": }', json],
    ["{ a: 'JSON5' }", json],
    ['[]', json],
    ['{ "mcpServers": [] }', json],
    ['{ "mcpServers": {}, "mcpServers": {} }', json],
    ['mcp_servers = { files = { command = "x" } }', toml],
    ['mcp_servers.files.command = "x"\n[', toml],
  ])('refuses what it would have to guess at: %s', (text, form) => {
    expect(() => withEntry(text, form, entry)).toThrow(ConfigProblem)
  })

  it('takes the place of an older entry of its own', () => {
    const once = withEntry('{\n  "x": 1\n}', json, entry)
    const again = withEntry(once, json, { ...entry, command: '/new/skillet' })
    expect(again).toBe(once.replace('/opt/Skillet/skillet', '/new/skillet'))
  })

  it('goes alone where somebody has changed the rest since', () => {
    for (const [before, change, wanted] of [
      [
        '{\n  "mcpServers": {\n    "a": {}\n  }\n}',
        (text: string) => text.replace('"a": {}', '"a": {}, // new\n    "b": {}'),
        '{\n  "mcpServers": {\n    "a": {}, // new\n    "b": {}\n  }\n}',
      ],
      // Read and written anew by the agent.
      [
        '{"x":1}',
        (text: string) => JSON.stringify({ ...JSON.parse(text), y: 2 }, null, 4),
        '{\n    "x": 1,\n    "mcpServers": {\n    },\n    "y": 2\n}',
      ],
    ] as const) {
      const added = withEntry(before, json, entry)
      expect(withoutEntry(change(added), json, spliceOf(before, added))).toBe(wanted)
    }
    const before = '# mine\nmodel = "x"\n'
    const added = withEntry(before, toml, entry)
    const changed = `${added}\n[other]\na = 1 # b\n`.replace('args = ', 'args =   ')
    expect(withoutEntry(changed, toml, spliceOf(before, added))).toBe(
      '# mine\nmodel = "x"\n\n[other]\na = 1 # b\n',
    )
  })
})

/** Documents as people and programs write them: comments, unknown keys, any indent, line break and mark at the start. */
const key = fc.constantFrom('a', 'mcpServers', 'mcp', 'servers', 'mcp_servers', 'ключ', '$schema', 'b"q', 'c')
const scalar = fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.string({ maxLength: 8 }))
const { value } = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    scalar,
    tie('object'),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
  object: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
}))
const gap = fc.constantFrom('', ' ', '\t', '\n', '\n\n  ', ' /* c */ ', ' // c, "d": {\n', '\n\t// } \n')

function written(one: unknown, next: () => string, comma: () => boolean): string {
  const list = (open: string, close: string, members: string[]) =>
    `${open}${next()}${members.join(`${next()},${next()}`)}${members.length > 0 && comma() ? `${next()},` : ''}${next()}${close}`
  if (Array.isArray(one))
    return list(
      '[',
      ']',
      one.map((member) => written(member, next, comma)),
    )
  if (typeof one !== 'object' || one === null) return JSON.stringify(one)
  return list(
    '{',
    '}',
    Object.entries(one).map(
      ([name, inner]) => `${JSON.stringify(name)}${next()}:${next()}${written(inner, next, comma)}`,
    ),
  )
}

describe('any settings', () => {
  it('are after adding and removing what they were before, to the last byte', () => {
    let tried = 0
    fc.assert(
      fc.property(
        fc.dictionary(key, value, { maxKeys: 5 }),
        fc.infiniteStream(gap),
        fc.infiniteStream(fc.boolean()),
        fc.constantFrom('\n', '\r\n'),
        fc.constantFrom('', '\ufeff'),
        fc.constantFrom(...forms.filter(({ syntax }) => syntax === 'json')),
        (settings, gaps, commas, eol, mark, form) => {
          const body = written(
            settings,
            () => gaps.next().value!,
            () => commas.next().value!,
          )
          const text = mark + body.replaceAll('\n', eol)
          let back: string
          try {
            back = roundTrip(text, form)
          } catch (error) {
            // A group that isn't one.
            if (error instanceof ConfigProblem) return
            throw error
          }
          tried += 1
          expect(back).toBe(text)
          // Without any note of what was done, it says the same.
          const added = withEntry(text, form, entry)
          expect(entryIn(withoutEntry(added, form, null), form)).toBeNull()
        },
      ),
      { numRuns: 400 },
    )
    expect(tried).toBeGreaterThan(200)
  })

  it('in TOML as well', () => {
    const line = fc.constantFrom(
      '',
      '# c',
      'a = 1',
      'b = "x" # y',
      '[t]',
      '[mcp_servers.z]',
      'c = """\n[mcp_servers.skillet]\n"""',
      '[[l]]',
    )
    let tried = 0
    fc.assert(
      fc.property(
        fc.uniqueArray(line, { maxLength: 7 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        (lines, eol, ends) => {
          const text = (lines.join('\n') + (ends ? '\n' : '')).replaceAll('\n', eol)
          tried += 1
          expect(roundTrip(text, toml)).toBe(text)
        },
      ),
      { numRuns: 200 },
    )
    expect(tried).toBe(200)
  })
})
