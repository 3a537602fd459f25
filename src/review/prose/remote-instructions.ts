import { urlsIn } from '../hosts.ts'
import type { RuleFinding } from '../rules/rule.ts'
import { worstOf } from './fetch-and-run.ts'
import type { Passage } from './passages.ts'
import { about, inOrder, says, type Span } from './relations.ts'

const blindly =
  /\b(?:exactly|verbatim|without (?:question|asking|review|modification|changes|confirmation)|whatever|as if|to the letter|unconditionally|immediately|take (?:absolute )?precedence|override|highest priority|system (?:prompt|message|instructions))\b/
const orderly = /\b(?:instructions?|directives?|orders?|commands?|prompts?|playbook|agenda)\b/

/** A text on a server that the agent is to act on: what it says tomorrow, nobody has reviewed. */
export function findRemoteInstructions(passage: Passage, next: readonly Passage[]): RuleFinding[] {
  if (passage.kind === 'heading') return []
  const urls = urlsIn(passage.text)
  const remote =
    urls.length > 0 || /\b(?:remote|server|endpoint|url|hosted|online|gist|pastebin)\b/.test(passage.plain)
  if (!remote || !says(passage, 'fetch')) return []
  const here =
    inOrder(passage, 160, 'fetch', 'obey', 'orders') ??
    inOrder(passage, 160, 'obey', 'orders', 'elsewhere') ??
    inOrder(passage, 120, 'fetch', 'orders', 'elsewhere', 'obey') ??
    inOrder(passage, 160, 'fetch', 'elsewhere', 'obey')
  const later =
    here === null && urls.length > 0
      ? next.find(
          (one) => inOrder(one, 60, 'obey', 'it') !== null || inOrder(one, 40, 'obey', 'orders') !== null,
        )
      : undefined
  const fetched: Span | null =
    here ?? (later === undefined ? null : inOrder(passage, 200, 'fetch', 'elsewhere'))
  if (fetched === null) return []
  const text = `${passage.plain} ${later?.plain ?? ''}`
  const kind = worstOf(urls)
  const firm = blindly.test(text)
  const orders = orderly.test(text)
  const severity =
    kind === 'local'
      ? null
      : kind === 'known'
        ? firm && orders
          ? 'medium'
          : null
        : kind === null
          ? firm && orders
            ? 'medium'
            : null
          : orders
            ? firm || later === undefined
              ? 'high'
              : 'medium'
            : firm
              ? 'medium'
              : null
  if (severity === null) return []
  return about(
    passage,
    fetched,
    'prose/remote-instructions',
    severity,
    'This has an agent act on a text that a server can change at any time.',
  )
}
