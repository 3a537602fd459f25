import {
  chmod,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { electronPath, test as base } from './e2e-app.ts'
import { root } from './e2e-registry.ts'

/** A program laid out as its package would, which tells itself from one that was built here. */
export interface InstalledProgram {
  /** What starts it. */
  readonly program: string
  /** Where what is built in lies, such as `policy.json` and `updates.json`. */
  readonly resources: string
}

export const test = base.extend<{ installed: InstalledProgram }>({
  // oxlint-disable-next-line no-empty-pattern
  installed: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'skillet-installed-'))
    const electron = dirname(electronPath())
    const resources = join(folder, 'resources')
    const app = join(resources, 'app')
    for (const name of await readdir(electron))
      if (name !== 'electron' && name !== 'resources') await symlink(join(electron, name), join(folder, name))
    // Electron goes by the name of its own file to tell whether it was packed.
    await copyFile(electronPath(), join(folder, 'skillet'))
    for (const part of ['resources', 'out/main', 'out/preload', 'out/renderer', 'out/sandbox'])
      await cp(join(root, part), join(app, part), { recursive: true })
    await symlink(join(root, 'node_modules'), join(app, 'node_modules'))
    const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as object
    await writeFile(join(app, 'package.json'), JSON.stringify({ ...manifest, main: 'out/main/start.cjs' }))
    // Nobody else may have written what is built in.
    for (const path of [folder, resources, app, join(app, 'out')]) await chmod(path, 0o755)
    await use({ program: join(folder, 'skillet'), resources })
    await rm(folder, { recursive: true, force: true })
  },
})

export { expect, goTo } from './e2e-app.ts'

/** Builds a file into it, as whoever made the package would. */
export async function buildIn({ resources }: InstalledProgram, name: string, content: string): Promise<void> {
  const path = join(resources, name)
  await mkdir(dirname(path), { recursive: true, mode: 0o755 })
  await writeFile(path, content)
  await chmod(path, 0o644)
}
