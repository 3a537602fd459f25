import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseSkillToml } from '../../src/review/manifest.ts'
import type { Engine } from '../../src/engine/api.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { keychainOf } from './keychain-of.ts'
import { generateSigningKey } from '../../src/trust/sign.ts'
import { SKILLS_FOLDER } from './run-skill.ts'
import { launcher } from './sandbox.ts'
import { startTinyRegistry, textFile } from './tiny-registry.ts'

/** A Skillet of its own over a small registry, for chains of skills of a few lines. */
export async function openChainHome() {
  const folder = await mkdtemp(join(tmpdir(), 'skillet-chain-'))
  const home = join(folder, 'home')
  const registry = await startTinyRegistry(generateSigningKey())
  const settings = { home, registryUrl: registry.url, trustRootFile: registry.trustRoot, apiKey: null }
  const keychain = keychainOf()
  const engines: Engine[] = []
  const open = async (started = launcher): Promise<Engine> => {
    const engine = await createEngine({ ...settings, launcher: started, keychain })
    engines.push(engine)
    return engine
  }
  const engine = await open()

  async function install(slug: string, decision: 'allow' | 'deny' = 'allow'): Promise<void> {
    const plan = await engine.planInstall({ slug })
    const answers = plan.asks.map(({ capability }) => [capability, { decision }])
    await engine.applyInstall(plan.planId, Object.fromEntries(answers), 'cli')
  }

  /** A skill of one Python script; its inputs are texts and come as `given`, a dictionary. */
  async function publish(
    slug: string,
    script: string,
    { inputs = ['text'], version = '1.0.0', keeps = false, title = slug, manifest = {} } = {},
  ): Promise<void> {
    const asked = inputs.map((name) => [name, { type: 'string', title: name }])
    await registry.publish({
      slug,
      version,
      manifest: {
        title,
        capabilities: keeps ? { 'fs:write': 'Remembers that it ran.' } : {},
        sandbox: keeps ? { write: ['kept'] } : {},
        run: { command: ['python3', 'main.py'], inputs: Object.fromEntries(asked) },
        ...manifest,
      },
      files: [
        textFile('SKILL.md', `---\nname: ${slug}\ndescription: For one test.\n---\n`),
        textFile(
          'main.py',
          `import json, os, sys, time\ngiven = dict(word[2:].split("=", 1) for word in sys.argv[1:])\n${script}\n`,
        ),
      ],
    })
  }

  /** A skill of the project's own catalog, as it stands. */
  async function publishOwn(slug: string): Promise<void> {
    const root = join(SKILLS_FOLDER, slug)
    const names = (await readdir(root, { recursive: true, withFileTypes: true })).flatMap((entry) =>
      entry.isFile() ? [join(entry.parentPath, entry.name).slice(root.length + 1)] : [],
    )
    const files = names
      .filter((name) => !name.includes('__pycache__'))
      .map(async (name) => textFile(name, await readFile(join(root, name), 'utf8')))
    const { version, ...manifest } = parseSkillToml(await readFile(join(root, 'skill.toml'), 'utf8'))
    await registry.publish({ slug, version, manifest, files: await Promise.all(files) })
  }

  let count = 0
  return {
    folder,
    home,
    registry,
    engine,
    install,
    publishOwn,
    async add(slug: string, script: string, options: Parameters<typeof publish>[2] = {}): Promise<void> {
      await publish(slug, script, options)
      await install(slug)
    },
    publish,
    /** Writes a chain's file; `steps` is what follows its title. */
    async chain(steps: string, name = `chain-${++count}`): Promise<string> {
      const file = join(folder, 'chains', `${name}.toml`)
      await mkdir(join(folder, 'chains'), { recursive: true })
      await writeFile(file, `schema = 1\ntitle = "A test"\nsummary = "For one test."\n${steps}`)
      return file
    },
    /** How often each skill has been started. */
    async starts(): Promise<Record<string, number>> {
      const counts: Record<string, number> = {}
      for (const { event, slug } of await engine.auditEntries({ limit: 500, before: null }))
        if (event === 'run.started' && slug !== null) counts[slug] = (counts[slug] ?? 0) + 1
      return counts
    },
    environment: {
      SKILLET_HOME: home,
      SKILLET_REGISTRY: registry.url,
      SKILLET_TRUST_ROOT: registry.trustRoot,
    },
    /** Another one over the same folder. */
    open,
    async close() {
      await Promise.all(engines.map((one) => one.close()))
      await registry.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export type ChainHome = Awaited<ReturnType<typeof openChainHome>>
