import { Menu } from 'electron'

/** macOS needs a menu for copy, paste and quit; elsewhere those work without one, and the window stays calm. */
export function installMenu(platform: NodeJS.Platform = process.platform): void {
  Menu.setApplicationMenu(
    platform === 'darwin'
      ? Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }])
      : null,
  )
}
