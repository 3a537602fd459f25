import { isCode, isComment } from '../source-file.ts'
import { ruleName, type RuleFinding, type TextRule } from './rule.ts'

const credentials =
  /(?:["'`/~]|[\w%}~]\\{1,2})\.(?:ssh|gnupg|aws[/\\]+credentials|netrc|docker[/\\]+config\.json|kube[/\\]+config|git-credentials|bitcoin|config[/\\]+(?:gcloud|gh))(?![\w.-])|[/\\]id_(?:rsa|ed25519|ecdsa)\b|\/etc\/shadow\b|[/\\]Login Data\b|\bCookies\.binarycookies\b|[/\\]wallet\.dat\b|\blogin\.keychain/
const home = /~|\$\{?HOME\b|%USERPROFILE%|\/root\/|\/home\/|\/Users\/|expanduser|homedir|Path\.home/

/** Files that no skill has any business with. */
export const findPaths: TextRule = (file) => {
  const findings: RuleFinding[] = []
  const code = isCode(file)
  if (!code && file.language !== 'markdown') return findings
  for (const [index, line] of file.lines.entries()) {
    if (code && isComment(file, line)) continue
    if (credentials.test(line))
      findings.push({
        rule: ruleName(file, 'credential-files'),
        // Only where it is really somebody's own: a skill may well know such names in order to warn of them.
        severity: code && home.test(line) ? 'high' : 'medium',
        file: file.path,
        line: index + 1,
        message: 'This names a place where people keep keys and passwords.',
        fix: 'Ask for what is needed under [secrets]; the sandbox would refuse this anyway.',
      })
  }
  return findings
}
