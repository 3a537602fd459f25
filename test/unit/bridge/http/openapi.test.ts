import { readFileSync } from 'node:fs'
import { format } from 'prettier'
import { expect, test } from 'vitest'
import { openApiDocument } from '../../../../src/bridge/http/openapi.ts'
import { referenceMarkdown } from '../../../../src/bridge/http/reference-markdown.ts'
import { referencePage } from '../../../../src/bridge/http/reference-page.ts'
import { operations } from '../../../../src/bridge/operations/operations.ts'
import { errorCodes } from '../../../../src/shared/errors.ts'

const document = openApiDocument(operations, 'http://127.0.0.1:1')

test('docs/bridge.md says what the bridge takes and gives', async () => {
  const wanted = await format(referenceMarkdown(document), {
    parser: 'markdown',
    ...(JSON.parse(readFileSync('.prettierrc.json', 'utf8')) as object),
  })
  expect(readFileSync('docs/bridge.md', 'utf8')).toBe(wanted)
})

test('every operation is documented where it is called, with its scope and what its path names', () => {
  for (const { name, route, scope } of operations) {
    const described = document.paths[`/v1${route.path}`]?.[route.method]
    expect(described).toMatchObject({ operationId: name, security: [{ token: [scope] }] })
    const inPath = described!.parameters.filter((one) => one.in === 'path').map((one) => one.name)
    expect(inPath).toEqual([...route.path.matchAll(/\{(\w+)\}/g)].map(([, word]) => word))
  }
})

test('what only reads is a GET, and what does something is none, but for handing out a token that was allowed', () => {
  for (const { name, route, readOnly } of operations)
    expect([name, route.method === 'get']).toEqual([name, readOnly || name === 'get_request'])
})

test('the page explains every code where problem details point to', () => {
  const page = referencePage(document)
  for (const code of errorCodes) expect(page).toContain(`id="${code}"`)
  expect(page).not.toContain('<script')
})
