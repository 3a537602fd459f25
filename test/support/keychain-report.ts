import { execFileSync, execSync } from 'node:child_process'
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

/** The keychain goes away while Skillet uses it, and comes back. */
async function restarted() {
  await keychain.set('STORED_KEY', value)
  const before = await keychain.get('STORED_KEY')
  const owner = execFileSync('dbus-send', [
    ...['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/'],
    ...['org.freedesktop.DBus.GetConnectionUnixProcessID', 'string:org.freedesktop.secrets'],
  ])
  process.kill(Number(/uint32 (\d+)/.exec(owner.toString())![1]), 'SIGKILL')
  const gone = [await codeOf(keychain.get('STORED_KEY')), await codeOf(keychain.set('STORED_KEY', 'other'))]
  const { available } = await keychain.state()
  execSync(`printf 'x\\n' | gnome-keyring-daemon --replace --unlock --components=secrets >/dev/null 2>&1`)
  const { problem } = await keychain.state()
  // The next Skillet.
  const kept = execFileSync(process.execPath, [process.argv[1]!, 'kept'], { env: process.env }).toString()
  const result = { gone, available, problem, kept: before === value && kept === 'true' }
  process.stdout.write(JSON.stringify(result), () => process.exit(0))
}

async function kept() {
  const same = (await keychain.get('STORED_KEY')) === value
  process.stdout.write(String(same), () => process.exit(0))
}

const modes: Record<string, () => Promise<void>> = { restarted, kept, report }
void modes[process.argv[2] ?? 'report']!()
