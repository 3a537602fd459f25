import type { Finding } from '../../../shared/finding.ts'
import type { Labels } from '../labels.ts'

type Severity = Finding['severity']

interface Guarded {
  readonly severity: Severity
  readonly words: string
  /** Words by which a skill tells that this is its business. */
  readonly purpose?: RegExp
}

/** What must never leave, in words, and how bad it is that it does. */
const guarded: Readonly<Record<string, Guarded>> = {
  keys: { severity: 'critical', words: 'private keys' },
  private: { severity: 'critical', words: 'what the web browser keeps, such as passwords and cookies' },
  wallet: { severity: 'critical', words: 'a wallet' },
  keychain: { severity: 'critical', words: 'passwords from the keychain' },
  passwords: { severity: 'critical', words: "the system's passwords" },
  messages: { severity: 'critical', words: 'messages' },
  history: { severity: 'critical', words: 'the record of typed commands' },
  environment: { severity: 'critical', words: 'all variables of the environment, keys included' },
  'keys-typed': { severity: 'critical', words: 'what is typed or spoken' },
  mail: { severity: 'high', words: 'mail', purpose: /\b(?:e-?mails?|mailbox|inbox|imap)\b/i },
  agent: { severity: 'high', words: "an agent's settings and conversations" },
  clipboard: { severity: 'high', words: 'the clipboard', purpose: /\bclipboard\b/i },
  screen: {
    severity: 'high',
    words: 'pictures of the screen',
    purpose: /\bscreen(?:shots?|s| capture)?\b/i,
  },
  home: {
    severity: 'high',
    words: "files from the person's home folder",
    purpose:
      /\b(?:backs? ?up|sync(?:s|hroni[sz]e)?|upload(?:s|ing)?|home (?:folder|directory)|documents folder)\b/i,
  },
}

/**
 * Which of what must never leave is among `labels`. `known`: the place it goes to is one that the skill names, so what
 * is the skill's evident business is for a reviewer to look at.
 */
export function guardedAmong(labels: Labels, told: string, known: boolean): readonly Guarded[] {
  return Object.entries(guarded)
    .filter(([label]) => labels.has(label))
    .map(([, one]) => (known && one.purpose?.test(told) === true ? { ...one, severity: 'medium' } : one))
}

/** The same for what stands at one place of the computer; keys of services and projects count as keys there. */
export function guardedAt(holds: string): Guarded | undefined {
  if (holds === 'credentials' || holds === 'env-file') return { severity: 'critical', words: 'keys' }
  return guarded[holds]
}
