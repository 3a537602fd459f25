import { readdir, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Whether gnome-keyring writes what it is given into a readable file, which it does where the keyring has no password.
 * `value` was stored a moment ago. Only a keyring of one's own is looked at: a file that isn't there says nothing.
 */
export async function isInPlainText(
  value: string,
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): Promise<boolean> {
  if (platform !== 'linux') return false
  const folder = join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'keyrings')
  const names = await readdir(folder).catch(() => [])
  for (const name of names.filter((one) => one.endsWith('.keyring'))) {
    const content = await readFile(join(folder, name)).catch(() => null)
    if (content?.includes(value) === true) return true
  }
  return false
}
