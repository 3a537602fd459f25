import { isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { WindowHandlers } from '../../shared/contract/index.ts'
import { SkilletError } from '../../shared/errors.ts'
import { isLink, parseInstallLink, type LinkedSkill } from './install-link.ts'
import type { Send } from '../ipc/send.ts'

export interface BundleFiles {
  readonly handlers: Pick<WindowHandlers, 'bundle.pending'>
  /** Takes files and links that Skillet was started or opened with; what is neither is left alone. */
  open(words: readonly string[], workingFolder: string): void
  /** The preload says that this file was dropped onto the window: a `.skillet` file, or a chain's `.toml`. */
  dropped(path: unknown): void
  /** True for a file that the person opened or dropped: the page may have it read. */
  wasNamed(path: string): boolean
}

/**
 * Files and links that the person opened with Skillet, in their order. They wait here until the window takes them, one at
 * a time: it may not be there yet, or be busy with another one. Each is only shown there; nothing starts by itself.
 */
export function createBundleFiles(send: Send): BundleFiles {
  const waiting: { word: string; opened: () => string | LinkedSkill }[] = []
  const named = new Set<string>()
  return {
    dropped(path) {
      if (typeof path === 'string' && /\.(skillet|toml)$/i.test(path)) named.add(path)
    },
    wasNamed: (path) => named.has(path),
    open(words, workingFolder) {
      for (const word of words) {
        const path = isLink(word) ? word : bundlePath(word, workingFolder)
        // A page that opens a link again and again fills nothing.
        if (path === null || waiting.length >= 20 || waiting.some((one) => one.word === path)) continue
        waiting.push({ word: path, opened: () => (isLink(path) ? parseInstallLink(path) : path) })
        if (!isLink(path)) named.add(path)
        send('bundle.opened', { path })
      }
    },
    handlers: { 'bundle.pending': async () => waiting.shift()?.opened() ?? null },
  }
}

/** The `.skillet` file that a word of a command line means, as a path or as a `file:` address; null for anything else. */
export function bundlePath(word: string, workingFolder: string): string | null {
  if (!word.toLowerCase().endsWith('.skillet') || word.startsWith('-')) return null
  if (!word.startsWith('file:')) return resolve(workingFolder, word)
  try {
    return fileURLToPath(word)
  } catch {
    return null
  }
}

/** @throws SkilletError INPUT_INVALID unless it is an absolute path of a `.skillet` file of this computer */
export function assertBundlePath(path: string): void {
  // Windows would sign in to whatever computer such a path names.
  if (/^[/\\]{2}/.test(path))
    throw new SkilletError('INPUT_INVALID', 'This file is on another computer.', {
      remedy: 'Copy it to this computer first.',
    })
  if (isAbsolute(path) && path.toLowerCase().endsWith('.skillet') && !path.includes('\0')) return
  throw new SkilletError('INPUT_INVALID', 'This is not a .skillet file.', {
    remedy: 'Choose a file whose name ends in .skillet.',
  })
}
