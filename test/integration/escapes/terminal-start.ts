import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../../support/e2e-registry.ts'
import { real } from '../../support/sandbox.ts'
import { attemptProgram, attemptTexts, type Surroundings, type Values } from './attempt.ts'

/** What a person's terminal hands on to whatever is started from it. */
export interface TerminalStart {
  readonly environment: Readonly<Record<string, string>>
  /** What the person types meanwhile. */
  readonly typed: string
  /** Kept open by the shell, as descriptor 9 and, a folder, as 8: programs often forget to close theirs. */
  readonly openFile: string
  readonly openFolder: string
}

/** A terminal with an empty environment of its own, something typed and two things open. */
export function terminalStart(): { start: TerminalStart; cleanUp: () => void } {
  const openFolder = mkdtempSync(join(tmpdir(), 'skillet-open-'))
  const openFile = join(openFolder, 'paper')
  writeFileSync(openFile, 'PRIVATE')
  return {
    start: { environment: {}, typed: 'a password\n', openFile, openFolder },
    cleanUp: () => rmSync(openFolder, { recursive: true, force: true }),
  }
}

/**
 * Attempts of a program that a person starts from a terminal of theirs, with all that hangs on it: directly, or as a
 * skill with Skillet's own command.
 */
export async function tryFromTerminal(
  surroundings: Surroundings,
  scripts: readonly string[],
  values: Values,
  start: TerminalStart,
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'skillet-terminal-'))
  const skill = join(folder, 'escape')
  mkdirSync(skill)
  writeFileSync(join(skill, 'main.py'), attemptProgram)
  writeFileSync(
    join(skill, 'SKILL.md'),
    '---\nname: escape\ndescription: Exists for a test.\n---\n\nRun it.\n',
  )
  writeFileSync(join(skill, 'skill.toml'), manifest(surroundings))
  const wanted = join(folder, 'wanted.json')
  writeFileSync(wanted, JSON.stringify({ values, attempts: scripts.map((text, at) => [at, text]) }))
  const command =
    surroundings === 'nothing'
      ? `${await real('python3')} ${skill}/main.py`
      : `${process.execPath} ${root}/out/cli/index.cjs try ${skill} --`
  const line = `exec 9<${start.openFile} 8<${start.openFolder}; exec ${command} "$(cat ${wanted})"`
  const child = spawn(await real('script'), ['-qefc', line, '/dev/null'], {
    env: { ...process.env, SHELL: '/bin/sh', SKILLET_HOME: join(folder, 'home'), ...start.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: 30_000,
    killSignal: 'SIGKILL',
  })
  child.stdin.on('error', () => {})
  child.stdin.write(start.typed)
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (data: string) => (text += data))
  await new Promise((done, reject) => child.on('close', done).on('error', reject))
  rmSync(folder, { recursive: true, force: true })
  return attemptTexts(text.replaceAll('\r\n', '\n'), scripts.length)
}

const manifest = (surroundings: Surroundings) => `
schema = 1
slug = "escape"
version = "1.0.0"
title = "Escape"
summary = "Exists for a test."
publisher = "tester"
license = "Apache-2.0"
category = "developer"
[sandbox]
backend = "${surroundings === 'nothing' ? 'any' : surroundings}"
[run]
command = ["python3", "main.py"]
`
