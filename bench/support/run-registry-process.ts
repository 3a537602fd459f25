import { generateSigningKey } from '../../src/trust/sign.ts'
import { startTinyRegistry, textFile } from '../../test/support/tiny-registry.ts'

// A registry in a process of its own, as everywhere but in tests, with skills that run one command each and do nothing.

async function serve(commands: Record<string, string[]>): Promise<void> {
  const registry = await startTinyRegistry(generateSigningKey())
  for (const [slug, command] of Object.entries(commands))
    await registry.publish({
      slug,
      manifest: { capabilities: {}, budget: { runs_per_day: 100_000 }, run: { command } },
      files: [textFile('SKILL.md', `---\nname: ${slug}\ndescription: Bench.\n---\n`)],
    })
  process.on('disconnect', () => void registry.stop().then(() => process.exit()))
  process.send?.({ url: registry.url, trustRoot: registry.trustRoot })
}

void serve(JSON.parse(process.argv[2]!) as Record<string, string[]>)
