// Tries an installed package as an ordinary user: `packaged.mjs ordinary`. Never as root.
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

import { programOf } from '../lib/build-steps.mjs'
import { runAttached } from '../lib/command.mjs'
import { startSession } from '../lib/session.mjs'

const folder = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const name = process.argv[2] ?? 'ordinary'

const reports = join(folder, 'test-results/reports')
await mkdir(reports, { recursive: true })
const session = await startSession({ display: true, keyring: true })
try {
  const words = ['test', '--config', 'test/packaged/playwright.config.ts', '--reporter=list,json', name]
  process.exitCode = await runAttached(
    process.execPath,
    [programOf(folder, '@playwright/test', 'playwright'), ...words],
    {
      cwd: folder,
      env: {
        ...process.env,
        ...session.env,
        TMPDIR: join(session.folder, 'tmp'),
        XDG_RUNTIME_DIR: session.folder,
        XDG_CONFIG_HOME: join(session.folder, 'config'),
        XDG_DATA_HOME: join(session.folder, 'data'),
        XDG_CACHE_HOME: join(session.folder, 'cache'),
        PLAYWRIGHT_JSON_OUTPUT_FILE: join(reports, `packaged-${name}.json`),
      },
    },
  )
} finally {
  await session.stop()
}
