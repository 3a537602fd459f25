import { writeFileSync } from 'node:fs'
import { toSkilletError } from '../../../src/shared/errors.ts'
import { cheapVault, passphrase } from '../vault.ts'

/** One change of a vault in a process of its own, for tests that kill it or refuse it the disk. */
export interface VaultJob {
  folder: string
  /** Made once the vault is open, so that faults begin with the change. */
  started: string
  step: { do: 'set'; entry: string; value: string } | { do: 'rekey'; next: string }
}

async function main({ folder, started, step }: VaultJob): Promise<void> {
  const vault = cheapVault(folder)
  await vault.unlock(passphrase)
  writeFileSync(started, '')
  const work = step.do === 'set' ? vault.set(step.entry, step.value) : vault.rekey(passphrase, step.next)
  const outcome = await work.then(
    () => 'done',
    (error: unknown) => toSkilletError(error).code,
  )
  process.stdout.write(JSON.stringify({ outcome }), () => process.exit(0))
}

void main(JSON.parse(process.argv[2]!) as VaultJob)
