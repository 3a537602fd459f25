import { packFolder } from '../../src/engine/package/pack.ts'
import { startRegistry } from '../../src/registry/start.ts'

/** A registry in a process of its own, for tests that kill it: prints one line when it is ready. */
async function main(dataDir: string): Promise<void> {
  const registry = await startRegistry({ dataDir, demo: false, pack: packFolder })
  process.stdout.write(`${JSON.stringify({ url: registry.url })}\n`)
  process.once('SIGTERM', () => void registry.stop().then(() => process.exit(0)))
}

void main(process.argv[2]!)
