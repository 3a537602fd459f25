import type { OpenApiDocument } from './openapi.ts'
import { introduction, referenceCalls, referenceErrors, type ReferenceCall } from './reference.ts'

/** The readable reference as a page without script. Every word of it is ours. */
export function referencePage(document: OpenApiDocument): string {
  const errors = referenceErrors().map(
    ({ code, status, remedy }) => `<tr id="${code}"><td><code>${code}</code><td>${status}<td>${text(remedy)}`,
  )
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Skillet for agents</title>',
    '<meta name="viewport" content="width=device-width"><style>',
    'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}',
    'table{border-collapse:collapse;width:100%}td,th{text-align:start;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #8884}',
    'h3{margin-top:2.5rem}</style><main><h1>Skillet for agents</h1>',
    '<p>The same as <a href="/openapi.json">an OpenAPI document</a>. The protocol MCP is spoken at <code>/mcp</code>.',
    ...introduction.map(
      ({ title, paragraphs }) =>
        `<h2>${text(title)}</h2>${paragraphs.map((words) => `<p>${text(words)}</p>`).join('')}`,
    ),
    '<h2>Calls</h2>',
    ...referenceCalls(document).map(callHtml),
    '<h2>Refusals</h2><p>Problem details (RFC 9457) with <code>code</code> and <code>remedy</code>.</p>',
    `<table><tr><th>Code<th>Status<th>What to do${errors.join('')}</table></main></html>`,
  ].join('\n')
}

function callHtml({ title, line, description, scope, takes, gives }: ReferenceCall): string {
  const rows = takes.map(
    ({ name, where, type, required, words }) =>
      `<tr><td><code>${text(name)}</code><td>${where}${required ? '' : ', may be left out'}<td>${text(type)}<td>${text(words)}`,
  )
  return [
    `<h3>${text(title)}</h3><p><code>${text(line)}</code>${scope === null ? '' : ` · ${text(scope)}`}</p><p>${text(description)}</p>`,
    rows.length === 0 ? '' : `<table>${rows.join('')}</table>`,
    gives.length === 0
      ? ''
      : `<p>Gives ${gives.map(({ name, type }) => `<code>${text(name)}</code> (${text(type)})`).join(', ')}.</p>`,
  ].join('')
}

function text(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
