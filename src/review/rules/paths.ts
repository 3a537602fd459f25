import type { RuleFinding, TextRule } from './rule.ts'

const credentials =
  /(?:["'`/~]|[\w%}~]\\{1,2})\.(?:ssh|gnupg|aws[/\\]+credentials|netrc|docker[/\\]+config\.json|kube[/\\]+config|git-credentials|bitcoin|config[/\\]+(?:gcloud|gh))(?![\w.-])|[/\\]id_(?:rsa|ed25519|ecdsa)\b|\/etc\/shadow\b|[/\\]Login Data\b|\bCookies\.binarycookies\b|[/\\]wallet\.dat\b|\blogin\.keychain/

/** Documents that name files which no skill has any business with. What code does with such a place, the code scan says. */
export const findPaths: TextRule = (file) => {
  if (file.language !== 'markdown') return []
  return file.lines.flatMap((line, index): RuleFinding[] =>
    credentials.test(line)
      ? [
          {
            rule: 'prose/credential-files',
            severity: 'medium',
            file: file.path,
            line: index + 1,
            message: 'This names a place where people keep keys and passwords.',
            fix: 'Ask for what is needed under [secrets]; the sandbox would refuse this anyway.',
          },
        ]
      : [],
  )
}
