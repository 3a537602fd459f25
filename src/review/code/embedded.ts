import type { TextFile } from '../source-file.ts'
import type { Source } from './program.ts'

/** Keys of settings whose text a program carries out as a command. */
const commandKey =
  /^(?:(?:pre|post|on)\w{0,30}|\w{0,30}[cC]ommand|install|prepare|start|test|build|run|script)$/
const pair = /"(\w{1,60})"\s{0,10}:\s{0,10}"((?:[^"\\]|\\.){1,4000})"/g
const makefile = /(?:^|\/)(?:GNU)?[Mm]akefile$|\.mk$/
const settings = /(?:^|\/)(?:package|devcontainer|tasks|composer|deno|hooks|settings)\.jsonc?$/

/** Shell commands in files that aren't scripts themselves: recipes of a Makefile, scripts of a package, hooks in settings. */
export function embeddedCommands(file: TextFile): { source: Source; text: string }[] {
  const source = (above: number): Source => ({ file: file.path, language: 'shell', where: 'file', above })
  if (makefile.test(file.path))
    return [
      {
        source: source(0),
        text: file.lines
          .map((line) =>
            line.startsWith('\t')
              ? line
                  .replace(/^\t[@+-]*/, '')
                  .replaceAll('$(shell ', '$(')
                  .replaceAll('$$', '$')
              : '',
          )
          .join('\n'),
      },
    ]
  if (!settings.test(file.path)) return []
  return file.lines.flatMap((line, index) =>
    line.length > 4000
      ? []
      : [...line.matchAll(pair)].flatMap(([, key = '', value = '']) =>
          commandKey.test(key)
            ? [{ source: source(index), text: value.replace(/\\(["\\/])/g, '$1').replaceAll('\\n', '\n') }]
            : [],
        ),
  )
}
