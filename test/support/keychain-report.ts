import { readdirSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createKeychain } from '../../src/engine/secrets/keychain.ts'
import { toSkilletError } from '../../src/shared/errors.ts'

// Prints what the keychain says and does in the session that this process was started in.
const value = 'a value that must be nowhere'
const keychain = createKeychain({ timeoutMs: 10_000 })
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'done',
    (error: unknown) => toSkilletError(error).code,
  )

async function report() {
  const state = await keychain.state()
  const codes = {
    get: await codeOf(keychain.get('STORED_KEY')),
    set: await codeOf(keychain.set('STORED_KEY', value)),
    remove: await codeOf(keychain.remove('STORED_KEY')),
    find: await codeOf(keychain.find(['STORED_KEY', 'OTHER_KEY'])),
  }
  const filesHoldingTheValue = readdirSync(homedir(), { recursive: true, encoding: 'utf8' })
    .map((path) => join(homedir(), path))
    .filter((path) => statSync(path).isFile() && !path.endsWith('report.cjs'))
    .filter((path) => readFileSync(path).includes(value))
  process.stdout.write(JSON.stringify({ state, codes, filesHoldingTheValue }), () => process.exit(0))
}

void report()
