import type { AgentScope } from '../../../shared/agent-scope.ts'
import { t } from '../../../shared/i18n/t.ts'

/** What each part of a connection lets an agent do, in words for the person who decides. */
export function scopeWords(scope: AgentScope): { title: string; description: string } {
  switch (scope) {
    case 'catalog:read':
      return {
        title: t('Look for skills'),
        description: t('It sees what there is, and what you have installed.'),
      }
    case 'skills:request':
      return {
        title: t('Ask you to install skills'),
        description: t(
          'You answer each time, here. It may also ask to share a bundle or to submit a skill; it can do none of it itself.',
        ),
      }
    case 'skills:run':
      return {
        title: t('Run skills that you have approved'),
        description: t(
          'Only with what you allowed them. Files of yours it may give them only after asking you.',
        ),
      }
    case 'runs:read':
      return {
        title: t('Read what its runs printed'),
        description: t('Not what you ran yourself. Keys are taken out before.'),
      }
  }
}

const lengths = [1, 7, 30, 90, 365] as const

/** For how long an agent may be connected, up to `max` days; `asked` is among them. */
export function lengthChoices(max: number, asked: number): { id: string; label: string }[] {
  const days = new Set([...lengths, asked].map((length) => Math.min(length, max)))
  return [...days]
    .sort((a, b) => a - b)
    .map((length) => ({ id: String(length), label: t('{{count}} days', { count: length }) }))
}
