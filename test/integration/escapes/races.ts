import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toSkilletError } from '../../../src/shared/errors.ts'
import { resolveInputs } from '../../../src/engine/run/inputs.ts'
import { prepareState } from '../../../src/engine/run/state.ts'
import { manifestOf } from '../../support/manifest.ts'
import type { Came, Family, StagedAttempt, Within } from './attempt.ts'

// Between the moment in which something is judged and the one in which it is used, somebody puts another thing in its
// place: another skill that may write there, or a program that was talked into it. What loses outside is a program that
// looks first and opens by the same name afterwards, as most do.

const manifest = manifestOf({
  capabilities: { 'fs:read': 'Reads what you choose.' },
  run: {
    command: ['python3', 'main.py'],
    inputs: {
      file: { type: 'file', title: 'File' },
      folder: { type: 'folder', title: 'Folder' },
    },
  },
})

interface Scene {
  /** What the person chooses, and what holds it. */
  readonly given: string
  readonly parent: string
  readonly secret: string
}

/** `exchange` falls between the judgement and the start; the attempt then reads what it was given. */
function exchanged(
  intent: string,
  input: 'file' | 'folder',
  exchange: (scene: Scene) => void,
): StagedAttempt {
  return {
    intent,
    meets: /refused with|BEGAN[^]*mine/,
    stage: (within) =>
      withScene(async (scene) => {
        const given = input === 'file' ? join(scene.given, 'paper') : scene.given
        const resolved = await resolveInputs(manifest, { [input]: given }, '/nowhere')
        exchange(scene)
        const path = input === 'file' ? given : join(given, 'paper')
        return outcome(
          within.run(`print(open(PATH).read())`, { values: { PATH: path }, paths: [...resolved.paths] }),
        )
      }),
  }
}

async function withScene(play: (scene: Scene) => Promise<string>): Promise<string> {
  const outer = mkdtempSync(join(tmpdir(), 'skillet-race-'))
  const scene: Scene = {
    parent: join(outer, 'parent'),
    given: join(outer, 'parent/given'),
    secret: join(outer, 'secret'),
  }
  mkdirSync(scene.given, { recursive: true })
  mkdirSync(join(scene.secret, 'given'), { recursive: true })
  writeFileSync(join(scene.given, 'paper'), 'mine')
  for (const folder of [scene.secret, join(scene.secret, 'given')])
    writeFileSync(join(folder, 'paper'), 'REACHED')
  const text = await play(scene)
  rmSync(outer, { recursive: true })
  return text
}

/** Refusing to start is as good as showing what was chosen. */
async function outcome(running: Promise<Came>): Promise<string> {
  return running.then(
    ({ text }) => text,
    (error: unknown) => `refused with ${toSkilletError(error).code}`,
  )
}

const aside = (path: string) => renameSync(path, `${path}.aside`)

const chosen: StagedAttempt[] = [
  exchanged('is given a file that is a link to another one by then', 'file', ({ given, secret }) => {
    aside(join(given, 'paper'))
    symlinkSync(join(secret, 'paper'), join(given, 'paper'))
  }),
  exchanged('is given a file that is another one by then', 'file', ({ given, secret }) => {
    aside(join(given, 'paper'))
    renameSync(join(secret, 'paper'), join(given, 'paper'))
  }),
  exchanged('is given a folder that is a link to another one by then', 'folder', ({ given, secret }) => {
    aside(given)
    symlinkSync(secret, given)
  }),
  exchanged('is given a folder that is another one by then', 'folder', ({ given, secret }) => {
    aside(given)
    renameSync(secret, given)
  }),
  exchanged('is given a folder whose parent is a link by then', 'folder', ({ parent, secret }) => {
    aside(parent)
    symlinkSync(secret, parent)
  }),
  exchanged('is given a file whose grandparent is a link by then', 'file', ({ parent, secret }) => {
    aside(parent)
    symlinkSync(secret, parent)
  }),
]

/** A lasting folder, exchanged before it is looked at and after. */
function lasting(intent: string, before: boolean): StagedAttempt {
  return {
    intent,
    meets: /refused with/,
    stage: (within: Within) =>
      withScene(async ({ parent, given, secret }) => {
        const exchange = () => {
          aside(given)
          symlinkSync(secret, given)
        }
        if (before) exchange()
        const find = async () => {
          const state = await prepareState(parent, ['given'])
          if (!before) exchange()
          return within.run(`print(open('given/paper').read())`, { state: [...state] })
        }
        if (within.isInside) return outcome(find())
        exchangeOnce(given, exchange)
        return (await within.run(`print(open(PATH).read())`, { values: { PATH: join(given, 'paper') } })).text
      }),
  }
}

function exchangeOnce(given: string, exchange: () => void): void {
  if (!existsSync(`${given}.aside`)) exchange()
}

/** Another process exchanges a file as fast as it can while runs start; not one of them may show the other file. */
const racing: StagedAttempt = {
  intent: 'is given a file that another program exchanges all the time',
  meets: /never shown/,
  stage: (within) =>
    withScene(async ({ given, secret }) => {
      const path = join(given, 'paper')
      const stopFlipping = await within.flip(path, join(secret, 'paper'))
      let shown = ''
      try {
        for (let round = 0; round < (within.isInside ? 6 : 20_000) && !shown.includes('REACHED'); round++) {
          if (!within.isInside) {
            if (!lstatSync(path).isSymbolicLink()) shown = readFileSync(path, 'utf8')
            continue
          }
          const attempt = resolveInputs(manifest, { file: path }, '/nowhere').then(({ paths }) =>
            paths[0]!.source === path
              ? within.run(`print(open(PATH).read())`, { values: { PATH: path }, paths: [...paths] })
              : { text: 'it was a link already', receipt: null, reason: null },
          )
          shown += await outcome(attempt)
        }
      } finally {
        await stopFlipping()
      }
      return shown.includes('REACHED') ? shown : `never shown: ${shown}`
    }),
}

/** Whoever could write there would decide what the next run of any skill is, between the look at its files and its start. */
function handedStore(intent: string, choose: (scene: Scene) => string): StagedAttempt {
  return {
    intent,
    meets: /refused with INPUT_INVALID/,
    stage: (within) =>
      withScene(async (scene) => {
        const kept = join(scene.parent, 'skills/escape/1.0.0')
        mkdirSync(kept, { recursive: true })
        writeFileSync(join(kept, 'main.py'), 'mine')
        const folder = choose(scene)
        const change = async () => {
          const { paths } = within.isInside
            ? await resolveInputs(manifest, { folder }, scene.parent)
            : { paths: [] }
          return within.run(`open(FOLDER + '/escape/1.0.0/main.py', 'a').write('x'); reached()`, {
            values: { FOLDER: folder },
            paths: paths.map((path) => ({ ...path, writable: true })),
          })
        }
        return outcome(change())
      }),
  }
}

export const races: Family = {
  name: 'races',
  attempts: [
    ...chosen,
    lasting('keeps things in a folder that is a link before it is looked at', true),
    lasting('keeps things in a folder that is a link after it was looked at', false),
    racing,
    handedStore('is handed the place where skills are kept', ({ parent }) => join(parent, 'skills')),
    handedStore(
      'is handed the place where skills are kept, by a link of another name',
      ({ parent, secret }) => {
        symlinkSync(join(parent, 'skills'), join(secret, 'harmless'))
        return join(secret, 'harmless')
      },
    ),
  ],
}
