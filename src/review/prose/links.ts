import { hostKind, hostOf, isShortener, urlsIn } from '../hosts.ts'
import type { RuleFinding } from '../rules/rule.ts'
import type { Passage } from './passages.ts'
import { says } from './relations.ts'
import { stanceOf, weigh } from './stance.ts'

const link = /(!?)\[([^\][\n]{0,300})\]\(([^)\n]{1,1000})\)/g
/** Two words with a dot between are more often a name in code; a host ends as hosts do. */
const named =
  /^(?:https?:\/\/)?((?:[a-z0-9-]{1,63}\.){1,5}(?:com|net|org|io|dev|ai|app|co|gov|edu|info|me|xyz|test|example|invalid|cloud|so|uk|de|fr|ru|cn|jp|eu|tech|online|site|shop|link|tv|us))(?:[/:?#].{0,300})?$/i
const filled = /[{<$[]|%7b|%3c/i
const carries =
  /[?&/](?:q|d|data|c|ctx|context|conv|conversation|msg|message|prompt|secret|key|token|user|u|uid|id|email|history|content|text|env|info|payload|summary)=/i
const pixel =
  /\b(?:pixel|beacon|track(?:ing|er)?|open|1x1|spacer|blank)\b[^)]{0,60}\.(?:gif|png|svg)|\/(?:pixel|beacon|track|collect|o|open)(?:[/?]|$)/i
const ends = /^(?:co|com|org|net|gov|ac|edu|github|gitlab|readthedocs)$/

/** Addresses that hide where they lead, and pictures that tell a server who read what. */
export function findLinks(passage: Passage): RuleFinding[] {
  const findings: RuleFinding[] = []
  const { file, line, text } = passage
  const add = (rule: string, severity: RuleFinding['severity'], message: string, evidence: string) => {
    const stance = stanceOf(passage, 0)
    findings.push({ rule, severity: weigh(severity, stance), file, line, message, evidence })
  }
  if (passage.kind !== 'code')
    for (const [whole, picture, label = '', inside = ''] of text.matchAll(link)) {
      // After the address a title may stand.
      const target = inside.trim().replace(/^</, '').split(/[\s>]/, 1)[0] ?? ''
      const host = hostOf(target)
      if (picture === '!' && host !== null && hostKind(host) !== 'local') {
        if (filled.test(target) && carries.test(target) && hostKind(host) !== 'known')
          add(
            'prose/tracking-image',
            'high',
            'Showing this picture sends what is filled in to a server.',
            whole,
          )
        else if (pixel.test(target) && carries.test(target))
          add('prose/tracking-image', 'medium', 'This picture tells a server who read this.', whole)
      }
      const shown = named.exec(label.trim().replace(/^[`*_]+|[`*_]+$/g, ''))?.[1]
      if (
        shown !== undefined &&
        host !== null &&
        /^[a-z0-9.-]+$/.test(host) &&
        /\.[a-z]{2,24}$/.test(shown) &&
        !isFileName(shown) &&
        !isProject(shown, target) &&
        registrable(shown.toLowerCase()) !== registrable(host)
      )
        add('prose/link-differs', 'high', `The link says ${shown} but leads to ${host}.`, whole)
      if (
        /^(?:javascript|vbscript):|^data:(?:text\/html|application\/(?!json|pdf|octet-stream;name)|text\/javascript)/i.test(
          target,
        )
      )
        add(
          'prose/data-address',
          'high',
          'This link is itself a program or a page that no server answers for.',
          whole,
        )
    }
  for (const url of new Set(urlsIn(text))) {
    const host = hostOf(url)
    if (host === null) continue
    if (/^[a-z]+:\/\/[^\s/?#]{0,200}\.[a-z]{2,10}@/i.test(url))
      add(
        'prose/disguised-address',
        'high',
        'What looks like the host of this address is only a user name in front of it.',
        url,
      )
    const kind = hostKind(host)
    if (kind === 'disguised' && /^[\p{L}\p{N}.-]+$/u.test(host) && /\.\p{L}{2,}$/u.test(host))
      add(
        'prose/disguised-address',
        'high',
        `The host ${host} is written so that it can look like another.`,
        url,
      )
    if (kind === 'address') {
      const active = says(passage, 'send') || says(passage, 'run') || says(passage, 'fetch')
      add(
        'prose/bare-address',
        active && passage.kind !== 'code' ? 'high' : 'medium',
        `${host} is a bare address, which nobody answers for.`,
        url,
      )
    }
    if (isShortener(host)) add('prose/short-address', 'medium', `${host} hides where this leads.`, url)
  }
  return findings
}

/** `setup.py` and `index.html` are names of files, not of hosts. */
function isFileName(label: string): boolean {
  return (
    /\.(?:md|py|js|ts|tsx|jsx|mjs|json|html?|sh|ya?ml|toml|txt|css|rs|go|rb|php|java|pdf|csv|xml|sql|ipynb|vue|svelte|cs|swift|kt|c|h|cc|cpp|lock|env|conf|ini|cfg|log|svg|png|mdx|rst|app|name|id|data|zip|pl|so|io|do|sc|st|rc)$/i.test(
      label,
    ) && !label.startsWith('www.')
  )
}

/** `[octokit.net](https://github.com/octokit/octokit.net)`: a project by its name. */
function isProject(label: string, target: string): boolean {
  const path = target
    .replace(/[?#].*$/, '')
    .replace(/\/$/, '')
    .toLowerCase()
  return /^https:\/\/(?:github|gitlab)\.com\//.test(path) && path.endsWith(`/${label.toLowerCase()}`)
}

/** The part of a host that somebody registers, near enough: two labels, three under `co.uk` and the like. */
function registrable(host: string): string {
  const labels = host.replace(/^www\./, '').split('.')
  return labels.slice(ends.test(labels.at(-2) ?? '') ? -3 : -2).join('.')
}
