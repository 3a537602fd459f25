import type { RuleFinding } from '../rules/rule.ts'
import type { TextFile } from '../source-file.ts'
import { findAcrossLines } from './line-flow.ts'
import { placeOf } from './places.ts'

const extensions =
  /\.(?:rb|php|phtml|pl|pm|lua|applescript|scpt|vbs|vbe|wsf|hta|r|jl|go|rs|java|kt|swift|c|cc|cpp|cs|tcl|nim|awk|groovy|scala|dart)$/i
const quoted = /"([^"\n]{2,300})"|'([^'\n]{2,300})'/g
const word = /(?:~|\$HOME|\/)[\w.~/ -]{3,200}/g

const sends =
  /\b(?:Net::HTTP|URI\.open|open-uri|Faraday|HTTParty|RestClient|TCPSocket|fsockopen|curl_exec|curl_init|stream_socket_client|LWP::|HTTP::Tiny|IO::Socket|http\.Post|http\.Get|net\.Dial|reqwest|TcpStream|HttpClient|WebClient|URLSession|HttpURLConnection|OkHttp|MSXML2|XMLHTTP|WinHttp|socket\.http|luasocket|send m|make new outgoing message|mail\s*\(|curl\b|wget\b|libcurl)/i
const gives: readonly (readonly [RegExp, string])[] = [
  [/\bscreencapture\b|\bscreenshot\b|-window['", ]+root|CopyFromScreen/i, 'pictures of the screen'],
  [/\bpbpaste\b|the clipboard\b|Clipboard\.GetText|xclip\b/i, 'the clipboard'],
  [
    /\bENV\.to_h\b|\bENV\.to_a\b|\bgetenv\(\)|\$_ENV\b\s*[),]|os\.Environ\(\)|System\.getenv\(\)|std::env::vars\(\)|%ENV\b/,
    'all variables of the environment, keys included',
  ],
  [
    /body of every note|messages of (?:mailbox|inbox)|every message|GetNamespace\("MAPI"\)/i,
    'messages and notes',
  ],
]
const hidden =
  /\b(?:eval|assert|instance_eval|class_eval|load_string|loadstring|create_function|Execute(?:Global)?|run script)\b\s*\(?.{0,200}(?:base64|unpack\s*\(?\s*['"][mH]|gzinflate|str_rot13|hex2bin|Base64|decode|StrReverse|strrev|\bpack\s*\()/i
const disguise =
  /\b(?:strrev|str_rot13|base64_decode|hex2bin|chr)\s*\(.{0,200}\)\s*;[^]{0,400}?\$\w{1,20}\s*\(/i
const destroys =
  /\b(?:rm_rf|rm_r|remove_dir_all|RemoveAll|remove_tree|rmtree|deleteDirectory)\b\s*\(?\s*(?:Dir\.home|\$?ENV\W{0,3}HOME|["'](?:~|\/)["']|os\.(?:Getenv\("HOME"\)|UserHomeDir))/
const fetched =
  /\b(?:eval|instance_eval|load|loadstring|system|exec|popen|Execute(?:Global)?)\b\s*\(?.{0,120}(?:Net::HTTP\.get|URI\.open|file_get_contents\s*\(\s*['"]https?:|LWP::|get\s*\(\s*['"]https?:|http\.Get)/i

/**
 * Languages without a parser here: what a file names and what it does, taken together. Weaker than following data, so
 * only what has no other meaning fails a skill.
 */
export function findInOtherLanguages(file: TextFile): RuleFinding[] {
  if (!extensions.test(file.path)) return []
  const findings = findAcrossLines(file)
  const add = (name: string, severity: RuleFinding['severity'], line: number, message: string) =>
    findings.push({ rule: `code/${name}`, severity, file: file.path, line, message })
  const online = file.lines.findIndex((line) => sends.test(line.slice(0, 4000)))
  for (const [index, whole] of file.lines.entries()) {
    const line = whole.slice(0, 4000)
    if (hidden.test(line))
      add(
        'hidden-code',
        'critical',
        index + 1,
        'This unpacks hidden code and runs it, so nobody can review what it does.',
      )
    if (fetched.test(line))
      add(
        'remote-code',
        'critical',
        index + 1,
        'This runs whatever a server sends, so nobody can review what it does.',
      )
    if (destroys.test(line))
      add('destroys-files', 'critical', index + 1, 'This deletes the home folder with everything in it.')
    for (const [pattern, words] of gives)
      if (online >= 0 && pattern.test(line))
        add(
          'exfiltration',
          'high',
          index + 1,
          `This takes ${words}, and line ${online + 1} sends data to another computer.`,
        )
    for (const path of pathsIn(line))
      for (const { holds, read, write } of placeOf(path)) {
        if (read !== 'high') continue
        if (online >= 0)
          add(
            'exfiltration',
            'critical',
            index + 1,
            `This takes what is in ${path.slice(0, 80)}, and line ${online + 1} sends data to another computer.`,
          )
        else if (write === null || holds !== 'history')
          add(
            'credential-files',
            'medium',
            index + 1,
            `This names ${path.slice(0, 80)}, where people keep keys, passwords or private data.`,
          )
      }
  }
  const disguised = disguise.exec(file.text.slice(0, 64 * 1024))
  if (disguised !== null)
    add(
      'disguised-call',
      'high',
      file.text.slice(0, disguised.index).split('\n').length,
      'This hides which function it calls: the name is put together while the code runs.',
    )
  return findings
}

function pathsIn(line: string): string[] {
  const paths = [...line.matchAll(quoted)].map(([, double, single]) => double ?? single ?? '')
  return [...paths.flatMap((text) => text.match(word) ?? []), ...paths]
}
