import type { OpenApiDocument } from './openapi.ts'
import { introduction, referenceCalls, type ReferenceCall } from './reference.ts'

/** `docs/bridge.md`. */
export function referenceMarkdown(document: OpenApiDocument): string {
  return [
    '# Skillet for agents',
    'Made from the schemas that judge each request (`src/bridge`); a running Skillet shows the same at `/docs`, and as OpenAPI 3.1 at `/openapi.json`. MCP is spoken at `/mcp`.',
    ...introduction.flatMap(({ title, paragraphs }) => [`## ${title}`, ...paragraphs]),
    '## Calls',
    ...referenceCalls(document).map(callMarkdown),
    '## Refusals',
    'Problem details (RFC 9457), with `code` and `remedy`, what to do next. The codes are those of the command line; `/docs` lists them.',
    '',
  ].join('\n\n')
}

function callMarkdown({ title, line, description, scope, takes, gives }: ReferenceCall): string {
  return [
    `### ${title}`,
    `\`${line}\`${scope === null ? '' : ` · ${scope}`}`,
    description,
    ...(takes.length === 0
      ? []
      : [
          takes
            .map(
              ({ name, where, type, required, words }) =>
                `- \`${name}\` (${where}${required ? '' : ', may be left out'}, ${type})${words === '' ? '' : `: ${words}`}`,
            )
            .join('\n'),
        ]),
    ...(gives.length === 0
      ? []
      : [`Gives ${gives.map(({ name, type }) => `\`${name}\` (${type})`).join(', ')}.`]),
  ].join('\n\n')
}
