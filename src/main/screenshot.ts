import { writeFile } from 'node:fs/promises'
import type { WebContents } from 'electron'

/** Writes the page as a PNG once it has settled: fonts loaded and two frames drawn. */
export async function takeScreenshot(contents: WebContents, file: string): Promise<void> {
  await contents.executeJavaScript(
    'document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null)))))',
  )
  await writeFile(file, (await contents.capturePage()).toPNG())
}
