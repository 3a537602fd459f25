// Inline Markdown to HTML: emphasis after CommonMark 0.31 §6.2, with everything else escaped.

const ESCAPABLE = /[!-/:-@[-`{-~]/
const SAFE_SCHEMES = new Set(['http', 'https', 'mailto', 'tel'])
const PUNCTUATION = /[\p{P}\p{S}]/u

export const escapeHtml = (text) =>
  text.replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c])

const NAMED = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', copy: '©', hellip: '…', mdash: '—', ndash: '–', euro: '€' }

const decodeEntities = (text) =>
  text.replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z]{2,8}));/g, (all, decimal, hex, name) => {
    if (name) return NAMED[name] ?? all
    const code = decimal ? Number(decimal) : parseInt(hex, 16)
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : '\ufffd'
  })

export const unescapeMarkdown = (text) => decodeEntities(text.replace(/\\([!-/:-@[-`{-~])/g, '$1'))

/** The address if it leads somewhere harmless, else undefined. */
export function safeUrl(url) {
  // Browsers ignore these characters inside of a scheme.
  const bare = url.replace(/[\u0000-\u0020\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/g, '')
  const scheme = /^([^/?#]*?):/.exec(bare)?.[1].toLowerCase()
  return scheme === undefined || SAFE_SCHEMES.has(scheme) ? url.trim() : undefined
}

const isDataPicture = (url) => /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+$/i.test(url)

/** Where the `[` at `from` is closed, counting nested brackets and passing over code; -1 if nowhere. */
function closingBracket(text, from) {
  let depth = 0
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '`') {
      const run = /^`+/.exec(text.slice(i))[0]
      const end = text.indexOf(run, i + run.length)
      i = end > 0 ? end + run.length - 1 : i + run.length - 1
    } else if (text[i] === '[') depth++
    else if (text[i] === ']' && --depth === 0) return i
  }
  return -1
}

const DESTINATION =
  /^\(\s*(?:<([^<>\n]*)>|((?:\\.|[^\s()\\]|\((?:\\.|[^\s()\\])*\))*))(?:\s+(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|\(((?:\\.|[^()\\])*)\)))?\s*\)/

export const labelOf = (text) => text.trim().replace(/\s+/g, ' ').toLowerCase()

/** What the link that begins at `[` leads to: { url, title, end } or undefined. */
function linkTarget(text, close, inner, references) {
  const inline = DESTINATION.exec(text.slice(close + 1))
  if (inline) {
    const url = unescapeMarkdown(inline[1] ?? inline[2] ?? '')
    const title = inline[3] ?? inline[4] ?? inline[5]
    return { url, title: title && unescapeMarkdown(title), end: close + 1 + inline[0].length }
  }
  const reference = /^\[((?:\\.|[^\][\\])*)\]/.exec(text.slice(close + 1))
  const found = references.get(labelOf(reference?.[1] || inner))
  return found && { ...found, end: close + 1 + (reference?.[0].length ?? 0) }
}

/**
 * Renders inline Markdown. `context` has `references` (label to `{ url, title }`), `footnote(label)` that returns
 * HTML or undefined, and `count(kind)` that is told of each link, picture and neutralised address.
 */
export function renderInline(text, context, insideLink = false) {
  const out = [] // HTML strings, and delimiter runs that may become emphasis
  const say = (html) => out.push({ html })
  let at = 0
  while (at < text.length) {
    const c = text[at]
    const rest = text.slice(at, at + 2000)
    if (c === '\\') {
      if (text[at + 1] === '\n') say('<br>\n')
      else if (ESCAPABLE.test(text[at + 1] ?? '')) say(escapeHtml(text[at + 1]))
      else {
        say('\\')
        at -= 1
      }
      at += 2
      continue
    }
    if (c === '`') {
      const run = /^`+/.exec(text.slice(at))[0]
      const end = findRun(text, run, at + run.length)
      if (end > 0) {
        let code = text.slice(at + run.length, end).replace(/\n/g, ' ')
        if (/^ .*[^ ].* $|^ [^ ] $/.test(code)) code = code.slice(1, -1)
        say(`<code>${escapeHtml(code)}</code>`)
        at = end + run.length
      } else {
        say(run)
        at += run.length
      }
      continue
    }
    if (c === '<') {
      const auto = /^<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*)>/.exec(rest) ?? /^<([\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+)>/.exec(rest)
      if (auto && !insideLink) {
        const url = auto[1].includes(':') ? auto[1] : `mailto:${auto[1]}`
        say(anchor(url, undefined, escapeHtml(auto[1]), context))
        at += auto[0].length
        continue
      }
      if (rest.startsWith('<!--') && text.indexOf('-->', at) > 0) {
        at = text.indexOf('-->', at) + 3
        continue
      }
      const lineBreak = /^<br\s*\/?>/i.exec(rest)
      if (lineBreak) {
        say('<br>')
        at += lineBreak[0].length
        continue
      }
    }
    if (c === '!' && text[at + 1] === '[') {
      const close = closingBracket(text, at + 1)
      const inner = close > 0 ? text.slice(at + 2, close) : ''
      const target = close > 0 && linkTarget(text, close, inner, context.references)
      if (target) {
        say(picture(target, unescapeMarkdown(inner), context, insideLink))
        at = target.end
        continue
      }
    }
    if (c === '[') {
      const note = /^\[\^([^\]\s]+)\]/.exec(rest)
      const footnote = note && context.footnote(note[1])
      if (footnote) {
        say(footnote)
        at += note[0].length
        continue
      }
      const close = insideLink ? -1 : closingBracket(text, at)
      const inner = close > 0 ? text.slice(at + 1, close) : ''
      const target = close > 0 && linkTarget(text, close, inner, context.references)
      if (target) {
        say(anchor(target.url, target.title, renderInline(inner, context, true), context))
        at = target.end
        continue
      }
    }
    if (c === 'h' && !insideLink && !/[\w/]/.test(text[at - 1] ?? '')) {
      const bare = /^https?:\/\/[^\s<>"'`]+/.exec(rest)
      if (bare) {
        let url = bare[0].replace(/[.,;:!?*_~]+$/, '')
        while (url.endsWith(')') && url.split(')').length > url.split('(').length) {
          url = url.slice(0, -1).replace(/[.,;:!?*_~]+$/, '')
        }
        say(anchor(url, undefined, escapeHtml(url), context))
        at += url.length
        continue
      }
    }
    if (c === '*' || c === '_' || (c === '~' && text[at + 1] === '~')) {
      const run = new RegExp(`^\\${c}+`).exec(text.slice(at))[0]
      out.push(delimiter(c, run.length, characterBefore(text, at), text.slice(at + run.length)))
      at += run.length
      continue
    }
    if (c === '&') {
      const entity = /^&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});/.exec(rest)
      if (entity) {
        say(escapeHtml(decodeEntities(entity[0])))
        at += entity[0].length
        continue
      }
    }
    if (c === '\n') {
      const last = out[out.length - 1]
      if (last?.html?.endsWith('  ')) {
        last.html = `${last.html.trimEnd()}<br>`
      }
      say('\n')
      at += 1
      continue
    }
    const plain = /^[^\\`<![h*_~&\n]+/.exec(rest)
    const part = plain ? plain[0] : c
    say(escapeHtml(part))
    at += part.length
  }
  return emphasise(out)
}

const characterBefore = (text, at) => (at === 0 ? '' : [...text.slice(Math.max(0, at - 2), at)].pop())

function findRun(text, run, from) {
  const pattern = /`+/g
  pattern.lastIndex = from
  for (let found; (found = pattern.exec(text)); ) if (found[0].length === run.length) return found.index
  return -1
}

function anchor(url, title, html, context) {
  const safe = safeUrl(url)
  if (safe === undefined) {
    context.count('neutralised')
    return html
  }
  context.count('links')
  const hint = title ? ` title="${escapeHtml(title)}"` : ''
  const away = /^https?:/i.test(safe) ? ' rel="noopener noreferrer"' : ''
  return `<a href="${escapeHtml(safe)}"${hint}${away}>${html}</a>`
}

function picture({ url, title }, text, context, insideLink) {
  context.count('pictures')
  const hint = title ? ` title="${escapeHtml(title)}"` : ''
  if (isDataPicture(url)) return `<img src="${escapeHtml(url)}" alt="${escapeHtml(text)}"${hint}>`
  const label = `<span class="picture">Picture: ${escapeHtml(text || url.split('/').pop() || 'untitled')}</span>`
  const safe = insideLink ? undefined : safeUrl(url)
  return safe === undefined ? label : `<a href="${escapeHtml(safe)}"${hint} rel="noopener noreferrer">${label}</a>`
}

function delimiter(mark, length, before, following) {
  const after = following === '' ? '' : String.fromCodePoint(following.codePointAt(0))
  const spaceBefore = before === '' || /\s/u.test(before)
  const spaceAfter = after === '' || /\s/u.test(after)
  const left = !spaceAfter && (!PUNCTUATION.test(after) || spaceBefore || PUNCTUATION.test(before))
  const right = !spaceBefore && (!PUNCTUATION.test(before) || spaceAfter || PUNCTUATION.test(after))
  return {
    mark,
    length,
    whole: length,
    canOpen: mark === '_' ? left && (!right || PUNCTUATION.test(before)) : left,
    canClose: mark === '_' ? right && (!left || PUNCTUATION.test(after)) : right,
    opened: [],
    closed: [],
  }
}

/** Pairs delimiter runs, innermost first, and joins everything into HTML. */
function emphasise(parts) {
  for (let closer = 0; closer < parts.length; closer++) {
    const end = parts[closer]
    if (!end.mark || !end.canClose) continue
    for (let opener = closer - 1; opener >= 0 && end.length > 0; opener--) {
      const start = parts[opener]
      if (start.mark !== end.mark || !start.canOpen || start.length === 0) continue
      if (end.mark === '~') {
        if (start.length !== 2 || end.length !== 2) continue
      } else if (
        // CommonMark's rule of three.
        (start.canClose || end.canOpen) &&
        (start.whole + end.whole) % 3 === 0 &&
        !(start.whole % 3 === 0 && end.whole % 3 === 0)
      ) {
        continue
      }
      const take = end.mark === '~' || (start.length >= 2 && end.length >= 2) ? 2 : 1
      const tag = end.mark === '~' ? 'del' : take === 2 ? 'strong' : 'em'
      start.length -= take
      end.length -= take
      start.opened.unshift(`<${tag}>`)
      end.closed.push(`</${tag}>`)
      // What stands between can no longer pair with anything outside.
      for (let i = opener + 1; i < closer; i++) if (parts[i].mark) parts[i].canOpen = parts[i].canClose = false
      if (start.length > 0) opener++ // the same run may open again
    }
  }
  return parts
    .map((part) =>
      part.mark ? part.closed.join('') + part.mark.repeat(part.length) + part.opened.join('') : part.html,
    )
    .join('')
}
