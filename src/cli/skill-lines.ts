import type { Ask, SkillDetail, SkillSummary } from '../shared/contract/skills.ts'

/** A skill in a list: its name, what stands in its way, what it does. */
export function summaryLines(skill: SkillSummary): string[] {
  const marks = [
    skill.installedVersion === null ? null : `installed ${skill.installedVersion}`,
    skill.fit.ok ? null : skill.fit.short,
    skill.needsKey ? 'asks for a key' : null,
    skill.tier === 'free' ? null : `needs the ${skill.tier} plan`,
  ].filter((mark) => mark !== null)
  return [
    `${skill.slug} ${skill.version}  ${skill.title}${marks.length > 0 ? ` (${marks.join(', ')})` : ''}`,
    `  ${skill.summary}`,
  ]
}

/** Everything that a person should know before installing. */
export function detailLines(detail: SkillDetail): string[] {
  const { summary, provenance } = detail
  return [
    ...summaryLines(summary),
    '',
    detail.asks.length === 0 ? 'It asks for nothing.' : 'It may, if you allow it:',
    ...detail.asks.flatMap(askLines),
    ...(detail.cannot.length > 0 ? [`It can't: ${detail.cannot.join(', ')}.`] : []),
    '',
    ...summary.fit.lines.map(
      (line) => `${line.ok ? 'ok' : 'NO'}  ${line.label}: needs ${line.required}, found ${line.found}`,
    ),
    ...(detail.alternative === null
      ? []
      : [`Instead: ${detail.alternative.slug}, ${detail.alternative.title}`]),
    ...(summary.fit.lines.length > 0 ? [''] : []),
    ...provenanceLines(provenance),
    '',
    'Files',
    ...detail.files.map(
      (file) => `  ${file.path}  ${file.size} bytes${file.executable ? ', executable' : ''}`,
    ),
  ]
}

/** One thing that a skill asks for, with its reason and its bounds. */
export function askLines(ask: Ask): string[] {
  return [`  ${ask.title} [${ask.capability}]`, `    Why: ${ask.reason}`, `    ${ask.limit}`]
}

/** Who made it, who reviewed it, whose signature was verified, and whether it is current. */
export function provenanceLines(provenance: SkillDetail['provenance']): string[] {
  const { current } = provenance
  return [
    `Made by ${provenance.publisher}, published ${provenance.publishedAt} on ${provenance.registry}`,
    `Reviewed by ${provenance.reviewer} on ${provenance.reviewedAt}${provenance.reviewComment === '' ? '' : `: ${provenance.reviewComment}`}`,
    `Signature genuine, key ${fingerprint(provenance.keyid)}`,
    current === null
      ? 'Whether the registry still offers this version is not known.'
      : `The registry offers this version: checked ${current.checkedAt}, good until ${current.validUntil}`,
    `Archive SHA-256 ${provenance.tarballSha256}, ${provenance.tarballSize} bytes`,
  ]
}

/** A fingerprint in groups of four, as people compare it. */
export function fingerprint(keyid: string): string {
  return keyid.match(/.{1,4}/g)?.join(' ') ?? keyid
}
