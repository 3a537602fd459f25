import type { EngineChange } from '../../engine/api.ts'
import type { Send } from './send.ts'

/** Tells the window what happened without its asking: withdrawals, another Skillet's work, news about trust. */
export function createChangeListener(send: Send): (change: EngineChange) => void {
  return (change) => {
    switch (change.kind) {
      case 'trust':
        return send('trust.changed', change.status)
      case 'library':
        return send('library.changed', { slug: change.slug, withdrawn: null })
      case 'withdrawn': {
        const { slug, title, version, withdrawn } = change
        return send('library.changed', { slug, withdrawn: { ...withdrawn, title, version } })
      }
    }
  }
}
