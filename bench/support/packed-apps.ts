import { spawn, type ChildProcess } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createPackage } from '@electron/asar'

/** The least that an Electron can be: one window with one line of text, which says when it has drawn it. */
const blank = {
  'package.json': JSON.stringify({ name: 'blank', version: '1.0.0', main: 'main.cjs' }),
  'page.html': '<!doctype html><meta charset="utf-8"><title>Blank</title><p>Blank</p>',
  'main.cjs': `
    const { app, BrowserWindow } = require('electron')
    const { writeFile } = require('node:fs/promises')
    const { join } = require('node:path')
    app.setPath('userData', process.env.BLANK_HOME)
    app.enableSandbox()
    app.whenReady().then(async () => {
      const window = new BrowserWindow({ width: 1280, height: 800, show: false, webPreferences: { sandbox: true } })
      window.once('ready-to-show', () => window.show())
      await window.loadFile(join(__dirname, 'page.html'))
      await window.webContents.executeJavaScript('document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null)))))')
      await writeFile(process.env.BLANK_PICTURE, (await window.webContents.capturePage()).toPNG())
    })`,
}

/** A folder with the same Electron as in `packed`, around the blank program. Goes with `remove`. */
export async function packBlank(packed: string): Promise<{ program: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'skillet-blank-'))
  const source = join(folder, 'source')
  const program = join(folder, 'program')
  await mkdir(source)
  for (const [name, text] of Object.entries(blank)) await writeFile(join(source, name), text)
  await mkdir(join(program, 'resources'), { recursive: true })
  for (const name of await readdir(packed)) {
    if (name === 'resources') continue
    // The program finds its own folder by where it lies itself.
    if (name === 'skillet') await cp(join(packed, name), join(program, name))
    else await symlink(join(packed, name), join(program, name))
  }
  await createPackage(source, join(program, 'resources/app.asar'))
  return { program: join(program, 'skillet'), remove: () => rm(folder, { recursive: true }) }
}

export interface Started {
  /** From the start of the process until the window's first picture lay on the disk. */
  readonly startMs: number
  readonly child: ChildProcess
  stop(): Promise<void>
}

/** Starts a program that writes a picture of its window once that is usable. */
export async function startUntilPicture(
  program: string,
  kind: 'skillet' | 'blank',
  home: string,
): Promise<Started> {
  const picture = join(await mkdtemp(join(tmpdir(), 'skillet-picture-')), 'window.png')
  const env =
    kind === 'skillet'
      ? { SKILLET_HOME: home, SKILLET_SCREENSHOT: picture }
      : { BLANK_HOME: home, BLANK_PICTURE: picture }
  const startedAt = performance.now()
  const child = spawn(program, [], { env: { ...process.env, ...env }, stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  while (((await stat(picture).catch(() => null))?.size ?? 0) === 0) {
    if (child.exitCode !== null) throw new Error(`${kind} ended with ${child.exitCode}`)
    await wait(4)
  }
  const startMs = performance.now() - startedAt
  return {
    startMs,
    child,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Proportional set size of a process and all below it, in MiB. */
export async function memoryMb(root: number): Promise<number> {
  const parents = new Map<number, number>()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
  }
  const isBelow = (pid: number): boolean => pid === root || (pid > 1 && isBelow(parents.get(pid) ?? 0))
  let kib = 0
  for (const pid of [...parents.keys()].filter(isBelow)) {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
    kib += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0)
  }
  return kib / 1024
}
