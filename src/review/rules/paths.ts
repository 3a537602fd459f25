import type { Finding } from '../../shared/finding.ts'
import { isCode, isComment } from '../source-file.ts'
import { ruleName, type TextRule } from './rule.ts'

const homeFolder =
  /(?:^|[\s"'`(=:])((?:\/home\/|\/Users\/|[A-Za-z]:\\+Users\\+)(?!user\b|you\b|name\b|username\b|skill\b|runner\b|me\b|\$|<|\{|%|\.\.\.)[A-Za-z0-9._-]+)/
const credentials =
  /(?:~|\$HOME|\$\{HOME\}|%USERPROFILE%|\/root|\/home\/\w+|\/Users\/\w+)?[/\\]?\.(?:ssh[/\\]|aws[/\\]credentials|gnupg[/\\]|netrc\b|docker[/\\]config\.json|kube[/\\]config|git-credentials|config[/\\](?:gcloud|gh)[/\\])|\bid_(?:rsa|ed25519|ecdsa)\b|\/etc\/shadow\b|Login Data\b|\bCookies\.binarycookies\b|\.bitcoin[/\\]|wallet\.dat\b|\blogin\.keychain/

/** Folders that exist on one person's computer only, and files that no skill has any business with. */
export const findPaths: TextRule = (file) => {
  const findings: Finding[] = []
  const code = isCode(file)
  if (!code && file.language !== 'markdown') return findings
  for (const [index, line] of file.lines.entries()) {
    if (code && isComment(file, line)) continue
    const home = homeFolder.exec(line)?.[1]
    if (home !== undefined)
      findings.push({
        rule: ruleName(file, 'home-folder'),
        severity: code ? 'medium' : 'low',
        file: file.path,
        line: index + 1,
        message: `${home} exists on one person's computer only.`,
        fix: 'Take the path from an input, or use a folder of the skill.',
      })
    if (credentials.test(line))
      findings.push({
        rule: ruleName(file, 'credential-files'),
        severity: code ? 'high' : 'medium',
        file: file.path,
        line: index + 1,
        message: 'This names a place where people keep keys and passwords.',
        fix: 'Ask for what is needed under [secrets]; the sandbox would refuse this anyway.',
      })
  }
  return findings
}
