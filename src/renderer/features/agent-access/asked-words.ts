import { t } from '../../../shared/i18n/t.ts'
import { isPairing, type Asked } from './waiting.ts'

/** What an agent would like of the person, in a line. */
export function askedWords(asked: Asked): string {
  if (isPairing(asked)) return t('{{agent}} would like to connect to Skillet', { agent: asked.name })
  const words = { agent: asked.agent.name, title: asked.title }
  switch (asked.kind) {
    case 'install':
      return t('{{agent}} would like to install {{title}}', words)
    case 'run':
      return t('{{agent}} would like to run {{title}}', words)
    case 'share':
      return t('{{agent}} would like to share {{title}}', words)
    case 'publish':
      return t('{{agent}} would like to submit {{title}} for review', words)
  }
}
