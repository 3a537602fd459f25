import { existsSync } from 'node:fs'

const managers = [
  ['/usr/bin/apt-get', 'sudo apt install'],
  ['/usr/bin/dnf', 'sudo dnf install'],
  ['/usr/bin/pacman', 'sudo pacman -S'],
  ['/usr/bin/zypper', 'sudo zypper install'],
] as const

/** What installs a package on this Linux; it goes by the same name on each of them. */
export function packageCommand(name: string, isThere: (path: string) => boolean = existsSync): string {
  const [, command] = managers.find(([path]) => isThere(path)) ?? managers[0]
  return `${command} ${name}`
}
