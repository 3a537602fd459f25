import { t } from '../../../shared/i18n/t.ts'
/** What a dropped file is for: a skill to install, or a chain to add. */
export type Dropped = { kind: 'bundle' | 'chain'; path: string } | { kind: 'problem'; text: string }

/** What was dropped, or why Skillet can't take it. */
export function readDrop(files: readonly { name: string; path: string }[]): Dropped {
  const problem = (text: string): Dropped => ({ kind: 'problem', text })
  if (files.length > 1) return problem(t('Drop one file at a time.'))
  const [file] = files
  if (file === undefined || file.path === '')
    return problem(t('That is not a file on this computer. Save it first, then drop the file.'))
  const name = file.name.toLowerCase()
  if (name.endsWith('.skillet')) return { kind: 'bundle', path: file.path }
  if (name.endsWith('.toml')) return { kind: 'chain', path: file.path }
  return problem(
    t('Skillet opens .skillet files and the .toml files of chains, and “{{name}}” is neither.', {
      name: file.name,
    }),
  )
}
