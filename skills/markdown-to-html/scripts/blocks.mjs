// Block structure of Markdown to HTML.
import { escapeHtml, labelOf, renderInline, unescapeMarkdown } from './inline.mjs'

const ATX = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/
const RULE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/
const FENCE = /^( {0,3})(`{3,}|~{3,})[ \t]*(.*)$/
const BULLET = /^( {0,3})([-*+])(?:([ \t]+)(.*))?$/
const ORDERED = /^( {0,3})(\d{1,9})([.)])(?:([ \t]+)(.*))?$/
const QUOTE = /^ {0,3}> ?(.*)$/
const TABLE_RULE = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/
const REFERENCE = /^ {0,3}\[((?:\\.|[^\][\\])+)\]:[ \t]*(?:<([^<>]*)>|(\S+))(?:[ \t]+(?:"(.*)"|'(.*)'|\((.*)\)))?[ \t]*$/
const FOOTNOTE = /^ {0,3}\[\^([^\]\s]+)\]:[ \t]*(.*)$/
const MOST_NESTED = 40

const indentOf = (line) => /^ */.exec(line)[0].length
const isBlank = (line) => !/\S/.test(line)

/** GitHub's way of making an anchor of a heading. */
const slugOf = (text) =>
  text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
    .replace(/ /g, '-')

function cellsOf(line) {
  const inner = line.trim().replace(/^\|/, '')
  const cells = []
  let cell = ''
  let code = false
  for (let i = 0; i < inner.length; i++) {
    if (inner[i] === '\\' && inner[i + 1] === '|') {
      cell += '|'
      i++
    } else if (inner[i] === '|' && !code) {
      cells.push(cell)
      cell = ''
    } else {
      if (inner[i] === '`') code = !code && inner.indexOf('`', i + 1) > 0
      cell += inner[i]
    }
  }
  if (!isBlank(cell)) cells.push(cell)
  return cells.map((text) => text.trim())
}

/** Whether a line would end a paragraph that it follows. */
const interrupts = (line) => {
  if (ATX.test(line) || RULE.test(line) || FENCE.test(line) || QUOTE.test(line)) return true
  const bullet = BULLET.exec(line)
  if (bullet && bullet[4]) return true
  const ordered = ORDERED.exec(line)
  return Boolean(ordered && ordered[5] && Number(ordered[2]) === 1)
}

export function renderDocument(source) {
  const lines = source
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n')
    .replace(/\0/g, '\ufffd')
    .split('\n')
    .map((line) => line.replace(/\t/g, (_, at) => ' '.repeat(4 - (at % 4))))

  const references = new Map()
  const footnotes = new Map() // label to lines
  const cited = [] // labels in the order of their first citation
  const headings = []
  const usedSlugs = new Map()
  const counts = { links: 0, pictures: 0, neutralised: 0 }

  const context = {
    references,
    count: (kind) => void counts[kind]++,
    footnote(label) {
      const key = label.toLowerCase()
      if (!footnotes.has(key)) return undefined
      if (!cited.includes(key)) cited.push(key)
      const number = cited.indexOf(key) + 1
      return `<sup><a href="#note-${number}" id="cite-${number}">${number}</a></sup>`
    },
  }
  const inline = (text) => renderInline(text, context)

  const { meta, body } = takeFrontMatter(lines)
  const content = takeDefinitions(body, references, footnotes)

  function heading(level, text) {
    const html = inline(text)
    const plain = html.replace(/<[^>]*>/g, '')
    const base = slugOf(unescapeEntities(plain)) || 'section'
    const seen = usedSlugs.get(base) ?? 0
    usedSlugs.set(base, seen + 1)
    const id = seen ? `${base}-${seen}` : base
    headings.push({ level, id, html: html.replace(/<\/?a\b[^>]*>|<sup>.*?<\/sup>/g, ''), plain: unescapeEntities(plain) })
    return `<h${level} id="${escapeHtml(id)}">${html}</h${level}>`
  }

  function blocks(input, depth) {
    if (depth > MOST_NESTED) return `<p>${escapeHtml(input.join('\n'))}</p>`
    const html = []
    let at = 0
    while (at < input.length) {
      const line = input[at]
      if (isBlank(line)) {
        at++
        continue
      }
      const atx = ATX.exec(line)
      if (atx) {
        html.push(heading(atx[1].length, atx[2] ?? ''))
        at++
        continue
      }
      const fence = FENCE.exec(line)
      if (fence && !(fence[2][0] === '`' && fence[3].includes('`'))) {
        const code = []
        at++
        const end = new RegExp(`^ {0,3}\\${fence[2][0]}{${fence[2].length},}[ ]*$`)
        while (at < input.length && !end.test(input[at])) {
          code.push(input[at].slice(Math.min(indentOf(input[at]), fence[1].length)))
          at++
        }
        at++
        const language = unescapeMarkdown(fence[3]).split(/\s/)[0]
        html.push(codeBlock(code, language))
        continue
      }
      if (indentOf(line) >= 4) {
        const code = []
        while (at < input.length && (indentOf(input[at]) >= 4 || isBlank(input[at]))) code.push(input[at++].slice(4))
        while (isBlank(code[code.length - 1])) code.pop()
        html.push(codeBlock(code, ''))
        continue
      }
      if (RULE.test(line)) {
        html.push('<hr>')
        at++
        continue
      }
      if (QUOTE.test(line)) {
        const quoted = []
        while (at < input.length) {
          const inner = QUOTE.exec(input[at])
          if (inner) quoted.push(inner[1])
          else if (isBlank(input[at]) || interrupts(input[at]) || isBlank(quoted[quoted.length - 1])) break
          else quoted.push(input[at])
          at++
        }
        html.push(`<blockquote>\n${blocks(quoted, depth + 1)}\n</blockquote>`)
        continue
      }
      if (BULLET.test(line) || ORDERED.test(line)) {
        const list = takeList(input, at)
        html.push(renderList(list, depth))
        at = list.end
        continue
      }
      if (line.includes('|') && at + 1 < input.length && TABLE_RULE.test(input[at + 1]) && input[at + 1].includes('-')) {
        const head = cellsOf(line)
        const rule = cellsOf(input[at + 1])
        if (head.length === rule.length) {
          const rows = []
          at += 2
          while (at < input.length && !isBlank(input[at]) && !interrupts(input[at])) rows.push(cellsOf(input[at++]))
          html.push(table(head, rule, rows))
          continue
        }
      }
      const paragraph = []
      let level = 0
      while (at < input.length && !isBlank(input[at])) {
        if (paragraph.length > 0) {
          const underline = /^ {0,3}(=+|-+)[ ]*$/.exec(input[at])
          if (underline) {
            level = underline[1][0] === '=' ? 1 : 2
            at++
            break
          }
          if (interrupts(input[at])) break
        }
        paragraph.push(input[at++].replace(/^ +/, ''))
      }
      const text = paragraph.join('\n').trimEnd()
      if (level) html.push(heading(level, text))
      else {
        const rendered = inline(text)
        if (rendered.trim()) html.push(`<p>${rendered}</p>`)
      }
    }
    return html.join('\n')
  }

  function renderList({ ordered, start, items, loose }, depth) {
    const tag = ordered ? 'ol' : 'ul'
    const from = ordered && start !== 1 ? ` start="${start}"` : ''
    let tasks = false
    const rendered = items.map((item) => {
      const task = /^\[([ xX])\][ ]+(.*)$/.exec(item[0] ?? '')
      let box = ''
      if (task) {
        tasks = true
        box = `<input type="checkbox" disabled${task[1] === ' ' ? '' : ' checked'}> `
        item = [task[2], ...item.slice(1)]
      }
      let inner = blocks(item, depth + 1)
      if (!loose) inner = inner.replace(/^<p>([\s\S]*?)<\/p>/, '$1').replace(/\n<p>((?:(?!<p>)[\s\S])*?)<\/p>$/, '\n$1')
      inner = inner.startsWith('<p>') ? `<p>${box}${inner.slice(3)}` : box + inner
      return `<li${task ? ' class="task"' : ''}>${inner}</li>`
    })
    return `<${tag}${from}${tasks ? ' class="tasks"' : ''}>\n${rendered.join('\n')}\n</${tag}>`
  }

  function table(head, rule, rows) {
    const align = rule.map((cell) => {
      const left = cell.startsWith(':')
      const right = cell.endsWith(':')
      const side = left && right ? 'center' : right ? 'right' : left ? 'left' : ''
      return side ? ` class="${side}"` : ''
    })
    const row = (cells, tag) =>
      `<tr>${head.map((_, i) => `<${tag}${align[i]}>${inline(cells[i] ?? '')}</${tag}>`).join('')}</tr>`
    const body = rows.map((cells) => row(cells, 'td')).join('\n')
    return `<div class="table"><table>\n<thead>${row(head, 'th')}</thead>\n<tbody>\n${body}\n</tbody></table></div>`
  }

  let html = blocks(content, 0)
  if (cited.length > 0) {
    const notes = []
    // A note may cite further notes, which join the end of the list while it is made.
    for (let i = 0; i < cited.length; i++) {
      const inner = blocks(footnotes.get(cited[i]), 1)
      const back = ` <a href="#cite-${i + 1}" aria-label="Back to the text">↩</a>`
      const placed = inner.endsWith('</p>') ? `${inner.slice(0, -4)}${back}</p>` : inner + back
      notes.push(`<li id="note-${i + 1}">${placed}</li>`)
    }
    html += `\n<section class="notes">\n<ol>\n${notes.join('\n')}\n</ol>\n</section>`
  }
  const title = meta.get('title') || headings.find(({ level }) => level === 1)?.plain || headings[0]?.plain || ''
  return { html, title, headings, counts, language: meta.get('lang') }
}

const unescapeEntities = (html) =>
  html.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name])

const codeBlock = (lines, language) => {
  const name = language ? ` data-language="${escapeHtml(language)}"` : ''
  return `<pre${name}><code>${escapeHtml(lines.join('\n'))}${lines.length ? '\n' : ''}</code></pre>`
}

function takeFrontMatter(lines) {
  const meta = new Map()
  if (lines[0]?.trimEnd() !== '---') return { meta, body: lines }
  const end = lines.findIndex((line, i) => i > 0 && i < 200 && /^(?:---|\.\.\.)\s*$/.test(line))
  if (end < 0) return { meta, body: lines }
  for (const line of lines.slice(1, end)) {
    const pair = /^([A-Za-z][\w-]*):\s*(.+?)\s*$/.exec(line)
    if (pair) meta.set(pair[1].toLowerCase(), pair[2].replace(/^(["'])(.*)\1$/, '$2'))
  }
  return meta.size > 0 ? { meta, body: lines.slice(end + 1) } : { meta, body: lines }
}

/** Takes link references and footnotes, outside of code, out of the lines. */
function takeDefinitions(lines, references, footnotes) {
  const left = []
  let fence
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]
    const mark = FENCE.exec(line)
    if (fence) {
      if (mark && mark[2].startsWith(fence) && isBlank(mark[3])) fence = undefined
    } else if (mark && !(mark[2][0] === '`' && mark[3].includes('`'))) fence = mark[2]
    else {
      const note = FOOTNOTE.exec(line)
      if (note) {
        const body = [note[2]]
        while (at + 1 < lines.length && (indentOf(lines[at + 1]) >= 4 || (isBlank(lines[at + 1]) && indentOf(lines[at + 2] ?? '') >= 4))) {
          body.push(lines[++at].slice(4))
        }
        if (!footnotes.has(note[1].toLowerCase())) footnotes.set(note[1].toLowerCase(), body)
        continue
      }
      const found = REFERENCE.exec(line)
      const follows = at > 0 && !isBlank(lines[at - 1]) && left[left.length - 1] === lines[at - 1] && !ATX.test(lines[at - 1])
      if (found && !follows) {
        const label = labelOf(found[1])
        const title = found[4] ?? found[5] ?? found[6]
        if (!references.has(label)) {
          references.set(label, { url: unescapeMarkdown(found[2] ?? found[3]), title: title && unescapeMarkdown(title) })
        }
        continue
      }
    }
    left.push(line)
  }
  return left
}

/** The list that begins at `from`: its items as lines of their own, without the indentation. */
function takeList(input, from) {
  const first = BULLET.exec(input[from]) ?? ORDERED.exec(input[from])
  const ordered = !BULLET.test(input[from])
  const mark = ordered ? first[3] : first[2]
  const items = []
  let loose = false
  let at = from
  while (at < input.length) {
    const found = ordered ? ORDERED.exec(input[at]) : BULLET.exec(input[at])
    if (!found || (ordered ? found[3] : found[2]) !== mark || RULE.test(input[at])) break
    const lead = found[1].length + (ordered ? found[2].length + 1 : 1)
    const gap = (ordered ? found[4] : found[3]) ?? ' '
    const text = (ordered ? found[5] : found[4]) ?? ''
    const width = lead + (gap.length > 4 ? 1 : gap.length)
    const item = [gap.length > 4 ? ' '.repeat(gap.length - 1) + text : text]
    at++
    let blanks = 0
    let fence
    while (at < input.length) {
      const line = input[at]
      if (isBlank(line)) {
        blanks++
        item.push('')
        at++
        continue
      }
      const indent = indentOf(line)
      if (indent >= width) {
        if (blanks > 0 && !fence) loose = true
        const inner = line.slice(width)
        const marker = FENCE.exec(inner)
        if (marker) fence = fence ? undefined : marker[2]
        item.push(inner)
        blanks = 0
        at++
        continue
      }
      // A line that goes on with the item's paragraph without being indented.
      if (blanks === 0 && !interrupts(line) && !BULLET.test(line) && !ORDERED.test(line) && !isBlank(item[item.length - 1])) {
        item.push(line.trimStart())
        at++
        continue
      }
      break
    }
    const next = input[at]
    const goesOn = next !== undefined && (ordered ? ORDERED.exec(next)?.[3] : BULLET.exec(next)?.[2]) === mark && !RULE.test(next)
    if (blanks > 0 && goesOn) loose = true
    while (item.length > 1 && isBlank(item[item.length - 1])) item.pop()
    items.push(item)
  }
  return { ordered, start: ordered ? Number(first[2]) : 1, items, loose, end: at }
}
