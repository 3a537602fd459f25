// The page around the text: its style, its policy and its table of contents.
import { escapeHtml } from './inline.mjs'

const STYLE = `
:root { color-scheme: light dark; --ink: #1f2430; --soft: #667085; --line: #e3e6ec; --page: #fff; --panel: #f5f6f8; --link: #2257c5 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ee; --soft: #98a2b3; --line: #2d3340; --page: #14171d; --panel: #1c2029; --link: #82aaff } }
body { margin: 0; background: var(--page); color: var(--ink); font: 17px/1.65 Georgia, 'Times New Roman', serif; overflow-wrap: break-word }
main { max-width: 720px; margin: 0 auto; padding: 56px 24px 96px }
h1, h2, h3, h4, h5, h6, nav, table, .picture { font-family: system-ui, sans-serif; line-height: 1.25 }
h1 { font-size: 2em; margin: 0 0 .6em } h2 { font-size: 1.4em; margin: 2em 0 .6em } h3 { font-size: 1.15em; margin: 1.8em 0 .5em }
a { color: var(--link) } img { max-width: 100%; height: auto }
code { font: .88em ui-monospace, Menlo, Consolas, monospace; background: var(--panel); padding: .12em .35em; border-radius: 4px }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 14px 18px; overflow-x: auto; line-height: 1.45 }
pre code { background: none; padding: 0 }
blockquote { margin: 1.2em 0; padding: 0 0 0 20px; border-left: 3px solid var(--line); color: var(--soft) }
hr { border: 0; border-top: 1px solid var(--line); margin: 2.5em 0 }
.table { overflow-x: auto } table { border-collapse: collapse; font-size: .85em; width: 100% }
th, td { padding: 8px 12px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
.right { text-align: right } .center { text-align: center }
.task { list-style: none; margin-left: -1.4em } .picture { font-size: .85em; border: 1px solid var(--line); border-radius: 6px; padding: 2px 8px }
nav { background: var(--panel); border-radius: 8px; padding: 16px 22px; font-size: .85em } nav ol { list-style: none; margin: 0; padding: 0 }
.notes { border-top: 1px solid var(--line); margin-top: 3em; font-size: .88em }
@media print { body { font-size: 11pt } main { padding: 0; max-width: none } a { color: inherit } pre, table, blockquote { break-inside: avoid } }
`

function contentsOf(headings) {
  const listed = headings.filter(({ level }) => level <= 3)
  if (listed.length < 2) return ''
  const top = Math.min(...listed.map(({ level }) => level))
  const items = listed.map(
    ({ level, id, html }) => `<li style="padding-left:${(level - top) * 18}px"><a href="#${escapeHtml(id)}">${html}</a></li>`,
  )
  return `<nav aria-label="Contents"><ol>\n${items.join('\n')}\n</ol></nav>\n`
}

export function pageOf({ html, title, headings, language }, { name, contents }) {
  const lang = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(language ?? '') ? ` lang="${language}"` : ''
  return `<!doctype html>
<html${lang}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<title>${escapeHtml(title || name)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${contents ? contentsOf(headings) : ''}${html}
</main>
</body>
</html>
`
}
