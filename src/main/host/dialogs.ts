import type { BrowserWindow, Dialog, OpenDialogOptions } from 'electron'
import type { WindowHandlers } from '../../shared/contract/index.ts'

export interface Chooser {
  readonly handlers: Pick<WindowHandlers, 'dialog.choose'>
  /** True for a path that was picked here in this session. */
  wasChosen(path: string): boolean
}

/** The system's own file chooser, and a memory of what was picked in it. */
export function createChooser(
  dialog: Pick<Dialog, 'showOpenDialog'>,
  window: () => BrowserWindow | null,
): Chooser {
  const chosen = new Set<string>()
  return {
    wasChosen: (path) => chosen.has(path),
    handlers: {
      'dialog.choose': async ({ kind, title, extensions }) => {
        const owner = window()
        const options: OpenDialogOptions = {
          title,
          properties: kind === 'file' ? ['openFile'] : ['openDirectory', 'createDirectory'],
          filters:
            kind === 'file' && extensions.length > 0
              ? [
                  { name: extensions.map((one) => `.${one}`).join(', '), extensions },
                  { name: 'All files', extensions: ['*'] },
                ]
              : [],
        }
        const result = await (owner === null
          ? dialog.showOpenDialog(options)
          : dialog.showOpenDialog(owner, options))
        const path = result.canceled ? undefined : result.filePaths[0]
        if (path === undefined) return null
        chosen.add(path)
        return path
      },
    },
  }
}
