import { parse, TomlError } from 'smol-toml'
import type { z } from 'zod'
import { SkilletError } from '../shared/errors.ts'
import type { RuleFinding } from './rules/rule.ts'
import { skillManifestSchema, type SkillManifest } from '../shared/skill-manifest.ts'
import { capabilities, isCapability } from '../shared/capability.ts'
import { isMissing, keyName, wordsOf } from './schema-words.ts'
import { findKeyLines, lineOfKey, type KeyLines } from './toml-lines.ts'

/** Bytes of a whole skill.toml and characters of one line of it; a longer one is refused before anything parses it. */
const limits = { bytes: 64 * 1024, line: 4000 } as const

const inputTypes = 'must be file, folder, string, number, boolean or choice'

/** `manifest` is null exactly where a finding says why. */
export interface ManifestReview {
  readonly manifest: SkillManifest | null
  readonly findings: RuleFinding[]
}

/** Reads `skill.toml`; `file` is what messages call it. Throws MANIFEST_INVALID naming the key and the line of everything that is wrong. */
export function parseSkillToml(text: string, file = 'skill.toml'): SkillManifest {
  const { manifest, findings } = reviewSkillToml(text, file)
  if (manifest !== null) return manifest
  throw new SkilletError(
    'MANIFEST_INVALID',
    [
      `${file} is not valid.`,
      ...findings.map(({ line, message }) => (line === null ? message : `Line ${line}: ${message}`)),
    ].join(' '),
  )
}

/** Reads `skill.toml` and reports what is wrong as findings instead of throwing. */
export function reviewSkillToml(text: string, file = 'skill.toml'): ManifestReview {
  const long = findLength(text, file)
  if (long !== null) return { manifest: null, findings: [long] }
  let raw: Record<string, unknown>
  try {
    raw = parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    return {
      manifest: null,
      findings: [
        problem('manifest/syntax', file, error.line, `This line is not TOML: ${firstLine(error.message)}.`),
      ],
    }
  }
  const lines = findKeyLines(text)
  const outbound = readOutboundHttp(raw, file, lines)
  const result = skillManifestSchema.safeParse(raw)
  const findings = [
    ...outbound,
    ...(result.success ? [] : result.error.issues.flatMap((issue) => toFindings(issue, file, lines))),
  ]
  return { manifest: findings.length === 0 && result.success ? result.data : null, findings }
}

function findLength(text: string, file: string): RuleFinding | null {
  if (Buffer.byteLength(text) > limits.bytes)
    return problem('manifest/too-long', file, null, 'The file is larger than 64 KB.', 'Shorten skill.toml.')
  const line = text.split(/\r\n|\r|\n/).findIndex((part) => part.length > limits.line)
  if (line < 0) return null
  const words = 'This line is longer than 4,000 characters.'
  return problem('manifest/too-long', file, line + 1, words, 'Break the line, or shorten it.')
}

/**
 * `[permissions.outbound_http] allow` is the field's older spelling of `sandbox.network` and is moved there.
 * Naming hosts in both places is refused: the two lists could differ, and a person would be shown only one.
 */
function readOutboundHttp(raw: Record<string, unknown>, file: string, lines: KeyLines): RuleFinding[] {
  const permissions = raw['permissions']
  if (!isTable(permissions)) return []
  const outbound = permissions['outbound_http']
  if (!isTable(outbound) || Object.keys(permissions).length !== 1 || Object.keys(outbound).length !== 1)
    return []
  const sandbox = raw['sandbox'] ?? {}
  if (!isTable(sandbox) || outbound['allow'] === undefined) return []
  const line = lineOfKey(lines, ['permissions', 'outbound_http', 'allow'])
  delete raw['permissions']
  if (sandbox['network'] !== undefined)
    return [
      problem(
        'manifest/network-twice',
        file,
        line,
        'Hosts are named in sandbox.network and again in permissions.outbound_http.',
      ),
    ]
  raw['sandbox'] = { ...sandbox, network: outbound['allow'] }
  return []
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function toFindings(issue: z.core.$ZodIssue, file: string, lines: KeyLines): RuleFinding[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => {
      const path = [...issue.path, key]
      return issue.path[0] === 'capabilities' || isUnknownCapability(path)
        ? unknownCapability(key, file, lineOfKey(lines, path))
        : problem(
            'manifest/unknown-key',
            file,
            lineOfKey(lines, path),
            `${keyName(path)} is not a key that skill.toml may have.`,
            'Remove the key, or correct its spelling.',
          )
    })
  const line = lineOfKey(lines, issue.path) ?? lineOfKey(lines, moved(issue.path))
  if (isUnknownCapability(issue.path)) return [unknownCapability(String(issue.path[1]), file, line)]
  return [
    problem(
      ruleOf(issue),
      file,
      line,
      `${keyName(issue.path)}: ${issue.code === 'invalid_union' ? inputTypes : wordsOf(issue)}.`,
    ),
  ]
}

/** Hosts that were written in the older place are reported there. */
function moved(path: readonly PropertyKey[]): PropertyKey[] {
  return path[0] === 'sandbox' && path[1] === 'network' ? ['permissions', 'outbound_http', 'allow'] : []
}

function isUnknownCapability(path: readonly PropertyKey[]): boolean {
  return path[0] === 'capabilities' && path.length === 2 && !isCapability(String(path[1]))
}

function unknownCapability(name: string, file: string, line: number | null): RuleFinding {
  return problem(
    'manifest/unknown-capability',
    file,
    line,
    `capabilities."${name}" is not a capability.`,
    `Use one of ${capabilities.join(', ')}.`,
  )
}

function ruleOf(issue: z.core.$ZodIssue): string {
  const last = issue.path.at(-1)
  if (issue.code === 'custom' && typeof last !== 'number') {
    const subject = issue.path.slice(0, 2).join('.')
    if (issue.path[0] === 'capabilities') return `consistency/${String(last).replace(':', '-')}`
    if (subject === 'sandbox.network') return 'consistency/net'
    if (subject === 'sandbox.write') return 'consistency/fs-write'
    if (subject === 'sandbox.exec') return 'consistency/exec'
    if (subject === 'requires.cuda') return 'consistency/cuda'
    if (issue.path[0] === 'secrets')
      return issue.path.length === 1 ? 'consistency/env-read' : 'consistency/secret-hosts'
    return 'consistency/inputs'
  }
  if (issue.message.includes('wildcard')) return 'manifest/wildcard-host'
  if (issue.path[0] === 'tier') return 'manifest/unknown-tier'
  if (isMissing(issue)) return 'manifest/missing-key'
  return 'manifest/invalid-value'
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? message).replace(/^Invalid TOML document: /, '')
}

function problem(
  rule: string,
  file: string,
  line: number | null,
  message: string,
  fix?: string,
): RuleFinding {
  return {
    rule,
    severity: 'high',
    file,
    line,
    message,
    fix: fix ?? 'Correct this line of skill.toml; docs/formats.md says what each key may hold.',
  }
}
