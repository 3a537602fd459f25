import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { threadFiles } from '../../scripts/lib/thread-files.mjs'
import type { ChildJob, ChildReport } from './install-child.ts'

export interface ChildEnd {
  status: number | null
  signal: NodeJS.Signals | null
  stderr: string
  report: ChildReport | null
}

/** Bundles the child once, so that starting it is quick, and starts it on demand. */
export async function buildInstallChild() {
  const folder = await mkdtemp(join(tmpdir(), 'skillet-child-'))
  await build({
    configFile: false,
    logLevel: 'error',
    plugins: [threadFiles()],
    build: {
      ssr: join(import.meta.dirname, 'install-child.ts'),
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: 'child.mjs', format: 'es' } },
    },
    ssr: { noExternal: true, external: ['keytar'] },
  })
  const script = join(folder, 'child.mjs')
  return {
    /** `wrap` puts another program in front, for example one that makes a small disk. */
    start(job: ChildJob, wrap: (command: string[]) => string[] = (command) => command): Promise<ChildEnd> {
      const [program, ...args] = wrap([process.execPath, script, JSON.stringify(job)])
      const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'pipe'] })
      let stdout = ''
      let stderr = ''
      child.stdout.on('data', (text: Buffer) => (stdout += text.toString()))
      child.stderr.on('data', (text: Buffer) => (stderr += text.toString()))
      return new Promise((resolve, reject) => {
        child.on('error', reject)
        child.on('close', (status, signal) =>
          resolve({
            status,
            signal,
            stderr,
            report: status === 0 ? (JSON.parse(stdout) as ChildReport) : null,
          }),
        )
      })
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
