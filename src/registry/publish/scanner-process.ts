import { Worker } from 'node:worker_threads'
import { lintArchiveBytes, lintFiles } from '../../review/lint.ts'
import { SkilletError } from '../../shared/errors.ts'
import { readManifest } from './read-manifest.ts'
import type { ScanReply, ScanRequest } from './scanner.ts'

/** The body of the scanner's process: whatever an archive does to it, the server stays out of it. */
const maxBytes = Number(process.argv[2])

/**
 * Ends the process when it takes too much room. In a thread of its own, since this one may be busy with one expression
 * for as long as it likes, and V8's own limit doesn't count buffers.
 */
new Worker(
  `setInterval(() => {
     if (process.memoryUsage.rss() > ${maxBytes}) process.kill(process.pid, 'SIGKILL')
   }, 50)`,
  { eval: true },
).unref()

async function answer(request: ScanRequest): Promise<ScanReply> {
  try {
    const value =
      request.call === 'manifest'
        ? await readManifest(request.tarball)
        : await lintArchiveBytes(
            '',
            request.tarball,
            { purpose: 'publish', knownSlugs: request.names },
            lintFiles,
          )
    return { value }
  } catch (error) {
    if (!(error instanceof SkilletError)) return { broken: String(error) }
    const { code, message, remedy } = error
    return { refusal: { code, message, remedy } }
  }
}

process.on('message', (request: ScanRequest) => {
  void answer(request).then((reply) => process.send?.(reply))
})
// The server is gone.
process.on('disconnect', () => process.exit(0))
