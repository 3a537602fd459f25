import { packFolder } from '../../src/engine/package/pack.ts'
import { startRegistry, type RegistryOptions } from '../../src/registry/start.ts'
import { startWorker } from '../../src/registry/worker.ts'

/** What a process is started with, as JSON. */
export interface ProcessOptions extends Pick<RegistryOptions, 'databaseUrl' | 'jobTimes' | 'scanElsewhere'> {
  /** Scans for the registry on `databaseUrl`, instead of being one. */
  readonly worker?: true
}

/** A registry or a worker in a process of its own, for tests that kill it: prints one line when it is ready. */
async function main(dataDir: string, { worker, ...options }: ProcessOptions): Promise<void> {
  const { databaseUrl = '', jobTimes } = options
  const running =
    worker === true
      ? { url: null, ...(await startWorker({ dataDir, databaseUrl, jobTimes })) }
      : await startRegistry({ ...options, dataDir, demo: false, pack: packFolder })
  process.stdout.write(`${JSON.stringify({ url: running.url })}\n`)
  process.once('SIGTERM', () => void running.stop().then(() => process.exit(0)))
}

void main(process.argv[2]!, JSON.parse(process.argv[3] ?? '{}') as ProcessOptions)
