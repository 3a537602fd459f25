import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runBuiltCli, type DemoRegistry } from './e2e-registry.ts'

/**
 * Publishes a skill that prints "started" and then sleeps for a minute, through the registry's own review.
 * `marker` is a word of its command line, by which its process can be found.
 */
export async function publishSleeper(registry: DemoRegistry, slug: string): Promise<{ marker: string }> {
  const marker = `marker-${slug}-${process.pid}`
  await publishPython(
    registry,
    slug,
    'import time\nprint("started", flush=True)\ntime.sleep(60)\n',
    `[sandbox]\ntimeout_s = 90\n[run]\ncommand = ["python3", "main.py", "${marker}"]\n`,
  )
  return { marker }
}

/** Publishes a skill of one Python file, through the registry's own review. `toml`: what follows its description. */
export async function publishPython(
  registry: DemoRegistry,
  slug: string,
  script: string,
  toml: string,
  version = '1.0.0',
  publisher = 'tester',
): Promise<void> {
  const parent = await mkdtemp(join(tmpdir(), 'skillet-skill-'))
  const dir = join(parent, slug)
  await mkdir(dir)
  await writeFile(join(dir, 'SKILL.md'), `---\nname: ${slug}\ndescription: For one test.\n---\n\nRun it.\n`)
  await writeFile(join(dir, 'main.py'), script)
  await writeFile(
    join(dir, 'skill.toml'),
    `schema = 1
slug = "${slug}"
version = "${version}"
title = "Test ${slug}"
summary = "For one test."
publisher = "${publisher}"
license = "Apache-2.0"
category = "developer"
${toml}`,
  )
  const env = { SKILLET_REGISTRY: registry.url }
  const admin = { ...env, SKILLET_API_KEY: registry.adminKey }
  const mint = ['registry', 'keys', 'mint', '--account', publisher, '--scope', 'write:publish']
  const { key } = (await document(mint, admin)) as { key: string }
  const { id } = (await document(['publish', dir], { ...env, SKILLET_API_KEY: key })) as { id: string }
  const approve = ['registry', 'review', 'approve', id, '--comment', 'For one test.']
  const { missing } = (await document(approve, admin)) as { missing: number }
  if (missing > 0) {
    // It asks for much, so somebody else must have looked too.
    const second = ['registry', 'keys', 'mint', '--account', 'second-reviewer', '--scope', 'review:write']
    const { key: other } = (await document(second, admin)) as { key: string }
    await document(approve, { ...env, SKILLET_API_KEY: other })
  }
  await rm(parent, { recursive: true })
}

/** Withdraws a skill, or one version of it, through the registry's API. */
export async function revoke(registry: DemoRegistry, which: string, ...flags: string[]): Promise<void> {
  await document(['registry', 'revoke', which, ...flags], {
    SKILLET_REGISTRY: registry.url,
    SKILLET_API_KEY: registry.adminKey,
  })
}

async function document(args: string[], env: Record<string, string>): Promise<unknown> {
  const done = await runBuiltCli([...args, '--json'], { env })
  if (done.status !== 0) throw new Error(`${args.join(' ')} failed: ${done.stdout}${done.stderr}`)
  return JSON.parse(done.stdout)
}

/** How many processes of this computer carry the word on their command line. */
export async function countProcesses(marker: string): Promise<number> {
  let count = 0
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    // A process may end while it is looked at.
    const line = await readFile(join('/proc', pid, 'cmdline'), 'utf8').catch(() => '')
    if (line.split('\0').includes(marker)) count++
  }
  return count
}
