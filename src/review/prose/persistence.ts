import { hostOf, isStrange, urlsIn } from '../hosts.ts'
import type { RuleFinding } from '../rules/rule.ts'
import type { Passage } from './passages.ts'
import { about, inOrder, says, spansOf } from './relations.ts'

const purposeOfFiles =
  /\b(?:claude md|claude\.md|agents\.md|memory|memories|mcp|hooks?|instructions?|rules?|config\w*|settings?|agents?|onboard\w*|init\w*|sessions?|remember\w*|knowledge|learn\w*|workspace|bootstrap|plugins?|skills?)\b/
const purposeOfSchedules =
  /\b(?:cron\w*|schedul\w*|daily|recurring|automat\w*|timers?|services?|daemons?|startup|reminders?|monitor\w*|launchd|systemd|shell|dotfiles?|hooks?|git|backup\w*|server\w*|deploy\w*|deamon|watch\w*|install\w*|setup|sysadmin|linux)\b/

const reachesOut =
  /"?(?:command|args|run)"?\s*[:=][^\n]{0,80}\b(?:curl|wget|nc|base64|sh -c|bash -c|powershell|invoke-)|[|;&]\s*(?:curl|wget|sh|bash)\b/

/** What would go on working when the task is over, in files that agents or the computer read at every start. */
export function findPersistence(passage: Passage, purpose: string, next: readonly Passage[]): RuleFinding[] {
  if (!says(passage, 'instructionFile') && !says(passage, 'schedule')) return []
  const file =
    inOrder(passage, 80, 'write', 'instructionFile') ?? inOrder(passage, 60, 'instructionFile', 'write')
  const schedule = inOrder(passage, 60, 'write', 'schedule')
  const unseen = says(passage, 'unseen') || /\b(?:don't|do not|without) ask/.test(passage.plain)
  const hooks = next.some(
    (one) => one.kind === 'code' && reachesOut.test(one.plain) && urlsIn(one.text).length > 0,
  )
  const shown = passage.kind === 'code' || passage.kind === 'cell' || passage.kind === 'quote'
  if (file !== null) {
    const meant = purposeOfFiles.test(purpose)
    const forever = says(passage, 'forever')
    const strange = urlsIn(passage.text).some((url) => isStrange(hostOf(url)))
    const bypass =
      !shown && /bypasspermissions|"?sandbox"?\W{1,6}(?:"?enabled"?\W{1,4})?false|\(\*\)/.test(passage.plain)
    const grave =
      hooks ||
      (strange && !shown && spansOf(passage, 'write').length > 0) ||
      bypass ||
      (unseen && (forever || !meant)) ||
      (forever && !meant && !shown)
    return about(
      passage,
      file,
      'prose/changes-instructions',
      grave ? 'high' : meant || shown ? 'info' : 'medium',
      'This changes what agents read at the start of every session.',
    )
  }
  if (schedule === null) return []
  const meant = purposeOfSchedules.test(purpose)
  const grave = unseen && !meant && !shown
  return about(
    passage,
    schedule,
    'prose/starts-later',
    grave ? 'high' : meant || shown ? 'info' : 'medium',
    'This has a program start later, without anybody.',
  )
}
