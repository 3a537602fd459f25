import type { RuleFinding } from '../rules/rule.ts'
import type { Passage } from './passages.ts'
import { about, inOrder, says } from './relations.ts'

const purposeOfFiles =
  /\b(?:claude md|claude\.md|agents\.md|memory|memories|mcp|hooks?|instructions?|rules?|config\w*|settings?|agents?|onboard\w*|init\w*|sessions?|remember\w*|knowledge|learn\w*|workspace|bootstrap|plugins?|skills?)\b/
const purposeOfSchedules =
  /\b(?:cron\w*|schedul\w*|daily|recurring|automat\w*|timers?|services?|daemons?|startup|reminders?|monitor\w*|launchd|systemd|shell|dotfiles?|hooks?|git|backup\w*|server\w*|deploy\w*|deamon|watch\w*|install\w*|setup|sysadmin|linux)\b/

/** What would go on working when the task is over, in files that agents or the computer read at every start. */
export function findPersistence(passage: Passage, purpose: string): RuleFinding[] {
  const file =
    inOrder(passage, 80, 'write', 'instructionFile') ?? inOrder(passage, 60, 'instructionFile', 'write')
  const schedule = inOrder(passage, 60, 'write', 'schedule')
  const reaches = says(passage, 'elsewhere') || says(passage, 'stored') || says(passage, 'conversation')
  const unseen = says(passage, 'unseen')
  const forever = says(passage, 'forever')
  if (file !== null) {
    const meant = purposeOfFiles.test(purpose)
    const grave = (unseen && (forever || !meant)) || (forever && !meant) || (reaches && forever)
    return about(
      passage,
      file,
      'prose/changes-instructions',
      grave ? 'high' : meant ? 'info' : 'medium',
      'This changes what agents read at the start of every session.',
    )
  }
  if (schedule !== null) {
    const meant = purposeOfSchedules.test(purpose)
    const grave = (unseen && !meant) || (reaches && !meant && passage.kind !== 'code')
    return about(
      passage,
      schedule,
      'prose/starts-later',
      grave ? 'high' : meant ? 'info' : 'medium',
      'This has a program start later, without anybody.',
    )
  }
  return []
}
