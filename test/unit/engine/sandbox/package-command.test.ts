import { expect, test } from 'vitest'
import { packageCommand } from '../../../../src/engine/sandbox/package-command.ts'

test.each([
  ['/usr/bin/apt-get', 'sudo apt install bubblewrap'],
  ['/usr/bin/dnf', 'sudo dnf install bubblewrap'],
  ['/usr/bin/pacman', 'sudo pacman -S bubblewrap'],
  ['/usr/bin/zypper', 'sudo zypper install bubblewrap'],
  ['/nowhere', 'sudo apt install bubblewrap'],
])('where there is %s: %s', (there, command) => {
  expect(packageCommand('bubblewrap', (path) => path === there)).toBe(command)
})
