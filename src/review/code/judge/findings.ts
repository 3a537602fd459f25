import { severities, type Finding } from '../../../shared/finding.ts'
import type { RuleFinding } from '../../rules/rule.ts'
import type { Unit } from '../program.ts'

type Severity = Finding['severity']

/** Words by which a skill tells that it does such a thing. */
const announcements: Readonly<Record<string, RegExp>> = {
  persistence:
    /\b(?:cron|crontab|systemd|systemctl|launchd|launch ?agent|start-?up|autostart|\.?bashrc|\.?zshrc|shell (?:profile|config|rc|integration)|hooks?|scheduled?|scheduling|daemon|background service|log-?in item|add(?:ed|s)? (?:it )?to (?:your )?(?:shell|path))\b/i,
  'agent-instructions':
    /\b(?:CLAUDE\.md|AGENTS\.md|GEMINI\.md|MEMORY\.md|settings\.json|mcp (?:server|config)|claude_desktop_config|hooks?|agent config|devcontainer)\b/i,
  'changes-system': /\b(?:sudo|root|\/etc|\/usr|system-wide|hosts file|install(?:s|er|ation)?)\b/i,
  'destroys-files': /\b(?:deletes?|removes?|clean(?:s|ing|-?up)?|empties|prunes?|purges?|trash)\b/i,
}

/** Collects what is found. Of several reasons on one line, the weightiest is told. */
export function createFindings(told: string) {
  const findings: RuleFinding[] = []
  const said = new Map<string, number>()
  return {
    all: findings as readonly RuleFinding[],
    add(unit: Unit, line: number, name: string, severity: Severity, message: string): void {
      const at = unit.above + line
      const key = `${unit.file}:${at}:${name}`
      const finding: RuleFinding = {
        rule: `code/${name}`,
        severity: unit.where === 'document' ? inDocument(name, severity) : announced(name, severity, told),
        file: unit.file,
        line: at,
        message,
      }
      const before = said.get(key)
      if (before === undefined) said.set(key, findings.push(finding) - 1)
      else if (severities.indexOf(finding.severity) > severities.indexOf(findings[before]!.severity))
        findings[before] = finding
    },
  }
}

/** Who announces a timer or a hook hides nothing, and a reviewer sees it. */
function announced(name: string, severity: Severity, told: string): Severity {
  return severity === 'high' && announcements[name]?.test(told) === true ? 'medium' : severity
}

/** A document shows commands as examples; only what nobody shows without meaning it keeps its weight. */
function inDocument(name: string, severity: Severity): Severity {
  if (['exfiltration', 'hidden-code', 'reverse-shell', 'remote-code', 'mines'].includes(name)) return severity
  return severity === 'critical' || severity === 'high' ? 'medium' : 'info'
}
