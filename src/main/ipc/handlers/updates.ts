import type { Updater } from '../../../engine/updates/updater.ts'
import type { updateCalls } from '../../../shared/contract/updates.ts'
import type { WindowHandlers } from '../../../shared/contract/index.ts'
import { SkilletError } from '../../../shared/errors.ts'

export function updateHandlers(
  updater: () => Promise<Updater>,
  /** Hands a file to the program that the system has for it; the text says what went wrong, if anything. */
  openFile: (path: string) => Promise<string>,
  reveal: (path: string) => void,
): Pick<WindowHandlers, keyof typeof updateCalls> {
  return {
    'updates.state': async () => (await updater()).state(),
    'updates.check': async () => (await updater()).check(false),
    'updates.download': async () => (await updater()).download(),
    'updates.dismiss': async () => (await updater()).dismiss(),
    'updates.install': async () => {
      const { file, kind } = await (await updater()).downloaded()
      // These two are no installers: whoever put the old one somewhere puts the new one there.
      if (kind === 'AppImage' || kind === 'tar.gz') {
        reveal(file)
        return null
      }
      const problem = await openFile(file)
      if (problem !== '')
        throw new SkilletError('NOT_FOUND', 'No program on this computer installs packages by a click.', {
          remedy: kind === 'deb' ? `As an administrator: apt install ${file}` : `Open ${file} yourself.`,
          cause: problem,
        })
      return null
    },
  }
}
