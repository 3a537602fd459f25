import { isComment, type Language } from '../source-file.ts'
import type { RuleFinding, TextRule } from './rule.ts'

const patterns: Partial<Record<Language, readonly RegExp[]>> = {
  python: [
    /^\s*(?:import|from)\s+(?:\w+\s*,\s*)*(?:socket|socketserver|ssl|requests|httpx|aiohttp|urllib3|websockets?|ftplib|smtplib|poplib|imaplib|telnetlib|nntplib|paramiko|pycurl|xmlrpc)\b/,
    /^\s*(?:import\s+[^#]*|from\s+)\burllib\.request\b/,
    /^\s*from\s+urllib\s+import\s+[^#]*\brequest\b/,
    /^\s*import\s+[^#]*\bhttp\.client\b|^\s*from\s+http(?:\.client)?\s+import\s+[^#]*\b(?:client|HTTPS?Connection)\b/,
    /\burllib\.request\.\w+\(|\burlopen\(|\bsocket\.(?:socket|create_connection)\(|\basyncio\.open_connection\(/,
    /__import__\(\s*["'](?:socket|urllib|requests|http)|import_module\(\s*["'](?:socket|urllib|requests|http\.client)/,
  ],
  javascript: [
    /(?<![\w.])fetch\s*\(/,
    /\bglobalThis\.fetch\b|\bnew\s+(?:XMLHttpRequest|WebSocket|EventSource)\b/,
    /(?:from\s+|require\(\s*|import\(\s*)["'](?:node:)?(?:https?|http2|net|tls|dgram|axios|got|undici|node-fetch|ws|request)["']/,
  ],
  shell: [
    /(?:^|[\s;&|(`$])(?:curl|wget|nc|ncat|netcat|telnet|ssh|scp|sftp|ftp|rsync|aria2c|Invoke-WebRequest|Invoke-RestMethod)(?=\s|$)/,
    /\/dev\/(?:tcp|udp)\//,
  ],
}

/** Code that would go online though the skill doesn't say so: the sandbox stops it, and a person should know before. */
export const findUndeclaredNetwork: TextRule = (file, { manifest }) => {
  const known = patterns[file.language]
  if (known === undefined || manifest?.capabilities.net !== undefined) return []
  const findings: RuleFinding[] = []
  for (const [index, line] of file.lines.entries()) {
    if (isComment(file, line) || !known.some((pattern) => pattern.test(line))) continue
    findings.push({
      rule: 'code/network',
      severity: manifest === null ? 'low' : 'high',
      file: file.path,
      line: index + 1,
      message:
        manifest === null
          ? 'This goes online.'
          : 'This goes online, but the skill does not declare the capability net, so the sandbox would stop it.',
      fix: 'Declare net with its reason and name the hosts under [sandbox] network, or remove this.',
    })
  }
  return findings
}
