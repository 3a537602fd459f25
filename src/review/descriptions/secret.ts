import { keyFormats } from '../rules/secrets.ts'
import type { RuleDescriptions } from './description.ts'

const why = 'Everybody who downloads the skill would have it.'

export const secretRules: RuleDescriptions = {
  ...Object.fromEntries(
    keyFormats.map(({ name, what }) => [
      `secret/${name}`,
      {
        looksFor: `What looks like ${what}.`,
        why,
        fix: 'Remove it, replace the key where it was issued, and ask for it under [secrets] instead.',
      },
    ]),
  ),
  'secret/hard-coded': {
    looksFor: 'A random value that is assigned to something called key, token, secret or password.',
    why,
    fix: 'Ask for it under [secrets] instead.',
  },
}
