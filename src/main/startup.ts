import { mkdir, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { App } from 'electron'
import { exists, writeFileAtomic } from '../engine/disk.ts'
import { hiddenWord } from './hidden-word.ts'

export interface Startup {
  /** Off by default. */
  isOn(): Promise<boolean>
  set(on: boolean): Promise<void>
}

/** Start at login, by each system's own means: an entry of XDG autostart on Linux, the login items elsewhere. */
export function createStartup(
  app: Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'>,
  {
    program,
    env = process.env,
    platform = process.platform,
  }: { program: string; env?: NodeJS.ProcessEnv; platform?: NodeJS.Platform },
): Startup {
  if (platform !== 'linux') {
    const args = { args: [hiddenWord] }
    return {
      isOn: async () => app.getLoginItemSettings(args).openAtLogin,
      set: async (on) => app.setLoginItemSettings({ ...args, openAtLogin: on }),
    }
  }
  const file = join(env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'autostart', 'skillet.desktop')
  return {
    isOn: () => exists(file),
    async set(on) {
      if (!on) return rm(file, { force: true })
      await mkdir(dirname(file), { recursive: true })
      await writeFileAtomic(file, autostartEntry(program))
    },
  }
}

/** Desktop Entry Specification 1.5: inside quotes, `"`, backtick, `$` and `\` are escaped, and the whole once more. */
function autostartEntry(program: string): string {
  const quoted = program.replaceAll(/["`$\\]/g, (sign) => `\\\\${sign}`).replaceAll('%', '%%')
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Skillet',
    'Icon=skillet',
    `Exec="${quoted}" ${hiddenWord}`,
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n')
}
