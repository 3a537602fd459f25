import { writeFile } from 'node:fs/promises'
import type { WebContents } from 'electron'

/** Writes the page as a PNG, two frames after its last font came. The page says itself when it has drawn its content. */
export async function takeScreenshot(contents: WebContents, file: string): Promise<void> {
  await contents.executeJavaScript(
    `document.fonts.status === 'loaded' || document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))))`,
  )
  await writeFile(file, (await contents.capturePage()).toPNG())
}
