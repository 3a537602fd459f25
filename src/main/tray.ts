import { Menu, nativeImage, Tray } from 'electron'
import { t } from '../shared/i18n/t.ts'

export interface TrayIcon {
  /** What it says, anew: how many skills run and how many agents wait for an answer, in the language of now. */
  update(running: number, asking: number): void
}

/** The icon beside the clock: shows the window, says how many skills run and what waits, quits. */
export function createTray(icon: string, ports: { show: () => void; quit: () => void }): TrayIcon {
  const size = process.platform === 'darwin' ? 18 : 24
  const tray = new Tray(nativeImage.createFromPath(icon).resize({ width: size, height: size }))
  tray.on('click', ports.show)
  return {
    update(running, asking) {
      const state =
        running === 0 ? t('No skill is running') : t('{{count}} skills are running', { count: running })
      const waits = asking === 0 ? [] : [t('{{count}} agents wait for an answer', { count: asking })]
      tray.setToolTip(`Skillet: ${[...waits, state].join(' · ')}`)
      tray.setContextMenu(
        Menu.buildFromTemplate([
          { label: t('Open Skillet'), click: ports.show },
          ...waits.map((label) => ({ label, click: ports.show })),
          { label: state, enabled: false },
          { type: 'separator' },
          { label: t('Quit Skillet'), click: ports.quit },
        ]),
      )
    },
  }
}
