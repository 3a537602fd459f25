import type { Answers, Engine } from '../engine/api.ts'
import type { InstallPlan, InstallStep } from '../shared/contract/install.ts'
import type { Cli } from './context.ts'
import { withProgress } from './progress.ts'
import { readHidden } from './prompt.ts'

const stepWords: Record<InstallStep, string> = {
  access: 'Checking access',
  signature: 'Checking who signed it',
  hardware: 'Comparing with this computer',
  policy: 'Comparing with the rules set here',
  download: 'Downloading',
  digest: 'Checking that nothing was altered',
  extract: 'Unpacking',
  save: 'Saving',
}

/** Asks for the keys that are missing where a person can be asked, then installs what was planned and decided. */
export async function applyPlan(
  cli: Cli,
  engine: Engine,
  plan: InstallPlan,
  decisions: Answers,
): Promise<{ slug: string; version: string }> {
  const refused = Object.values(decisions).some(({ decision }) => decision === 'deny')
  const missing = refused ? [] : plan.secrets.filter(({ present, required }) => required && !present)
  if (missing.length > 0 && cli.canAsk)
    for (const secret of missing) {
      const value = await readHidden(cli, `${secret.title} (${secret.name}, not shown): `)
      if (value !== '') await engine.setSecret({ name: secret.name, skill: null }, value)
    }
  return withProgress(cli, 'Installing', (progress) =>
    engine.applyInstall(plan.planId, decisions, 'cli', {
      signal: cli.signal,
      onProgress: ({ step, fraction }) =>
        progress.show(stepWords[step], step === 'download' ? fraction : undefined),
    }),
  )
}
