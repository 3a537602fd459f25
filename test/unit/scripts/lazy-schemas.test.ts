import { runInNewContext } from 'node:vm'
import { parseAst } from 'vite'
import { expect, test } from 'vitest'
import { loadScript } from './load-script.ts'

const { lazySchemas } = await loadScript<{
  lazySchemas(): { renderChunk(code: string, chunk: { moduleIds: string[] }): { code: string } | null }
}>('lazy-schemas.mjs')

const chunk = `
  const made = []
  const require_zod = { string: (name) => {
    made.push(name)
    return { name, with: (other) => ({ parse: (text) => other.name + text }) }
  } }
  const require_other = { otherSchema: require_zod.string('other') }
  var aSchema = require_zod.string('a')
  var bSchema = require_zod.string('b').with(aSchema), plain = 1
  var derivedSchema = require_other.otherSchema.with(aSchema)
  var takenSchema = require_zod.string('taken')
  const asShorthand = () => ({ bSchema, aSchema: 'a key of that name', plain })
  const shadowed = (takenSchema) => takenSchema
  const madeFirst = [...made]
  const parsed = [bSchema.parse('1'), { bSchema }.bSchema.parse('2'), derivedSchema.parse('3')]
  const same = asShorthand().bSchema === bSchema
  ;({ madeFirst, parsed, same, key: asShorthand().aSchema, given: shadowed('given'), made })`

function transformed(moduleId: string): string {
  const plugin = Object.assign(lazySchemas(), { parse: parseAst })
  return plugin.renderChunk(chunk, { moduleIds: [moduleId] })?.code ?? chunk
}

const result = {
  parsed: ['a1', 'a2', 'a3'],
  same: true,
  key: 'a key of that name',
  given: 'given',
}

test('a schema is made when it is first asked for, once; one whose name stands for something else too, at once', () => {
  expect(runInNewContext(transformed('/src/shared/x.ts'))).toEqual({
    ...result,
    madeFirst: ['other', 'taken'],
    made: ['other', 'taken', 'b', 'a'],
  })
})

test('what others wrote stays as it is', () => {
  const all = ['other', 'a', 'b', 'taken']
  expect(runInNewContext(transformed('/node_modules/zod/x.js'))).toEqual({
    ...result,
    madeFirst: all,
    made: all,
  })
})
