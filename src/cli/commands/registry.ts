import type { Command } from 'commander'
import type { Cli } from '../context.ts'
import { addRegistryHold } from './registry-hold.ts'
import { addRegistryJournal } from './registry-journal.ts'
import { addRegistryKeys } from './registry-keys.ts'
import { addRegistryReview } from './registry-review.ts'
import { addRegistryRevoke } from './registry-revoke.ts'
import { addRegistryRotate } from './registry-rotate.ts'
import { addRegistrySignIn } from './registry-sign-in.ts'
import { addRegistryStart } from './registry-start.ts'
import { addRegistryWorker } from './registry-worker.ts'

/** `skillet registry …`: runs a registry, and does its reviewers' and administrators' work over HTTP. */
export function addRegistry(program: Command, cli: Cli): void {
  const registry = program.command('registry').description('run and look after a registry')
  addRegistryStart(registry, cli)
  addRegistryWorker(registry, cli)
  addRegistryKeys(registry, cli)
  addRegistryReview(registry, cli)
  addRegistryRevoke(registry, cli)
  addRegistryHold(registry, cli)
  addRegistryJournal(registry, cli)
  addRegistryRotate(registry, cli)
  addRegistrySignIn(registry, cli)
}
