import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import {
  agentIdSchema,
  type AgentId,
  type ConfigChange,
  type Connection,
} from '../../shared/contract/agents.ts'
import { SkilletError, toSkilletError } from '../../shared/errors.ts'
import type { ManagedPolicy } from '../../shared/managed-policy.ts'
import { sha256Hex } from '../../trust/digest.ts'
import { exists, readJson, writeFileAtomic } from '../disk.ts'
import type { Paths } from '../paths.ts'
import type { Journal } from '../ports.ts'
import { redactSecrets } from '../secrets/redact.ts'
import type { AgentPlace } from './agent-places.ts'
import { entryIn, serverName, spliceOf, withEntry, withoutEntry, type ServerEntry } from './config-edit.ts'
import { changedSince, readConfigFile, refused, replaceConfigFile, type ConfigFile } from './config-file.ts'
import { ConfigProblem } from './json-config.ts'
import type { OwnCommand } from './own-command.ts'
import { isAgentAllowed } from './place.ts'

/** What Skillet has written into agents' own settings, to undo it to the last byte. */
const connectionsSchema = z.strictObject({
  schema: z.literal(1),
  connections: z.array(
    z.strictObject({
      agent: agentIdSchema,
      file: z.string(),
      entry: z.record(z.string(), z.unknown()),
      splice: z.strictObject({ offset: z.number(), removed: z.string(), inserted: z.string() }),
      /** There was no such file before. */
      madeFile: z.boolean(),
    }),
  ),
})
type Made = z.infer<typeof connectionsSchema>['connections'][number]

interface ConnectPorts {
  readonly paths: Pick<Paths, 'home'>
  readonly journal: Journal
  readonly places: readonly AgentPlace[]
  readonly command: (agent: AgentPlace) => OwnCommand
  readonly managed: () => Promise<ManagedPolicy | null>
}

interface Planned {
  readonly change: ConfigChange
  readonly read: ConfigFile
  /** Null: the file goes. */
  readonly after: string | null
}

/** Adds Skillet to agents' own lists of MCP servers, and takes it out again. */
export function createConnecting({ paths, journal, places, command, managed }: ConnectPorts) {
  const recordPath = join(paths.home, 'connections.json')

  const made = async () => (await readJson(recordPath, () => connectionsSchema))?.connections ?? []
  const save = (connections: readonly Made[]) =>
    writeFileAtomic(recordPath, JSON.stringify({ schema: 1, connections }))

  function placeOf(agent: AgentId): AgentPlace & { config: NonNullable<AgentPlace['config']> } {
    const place = places.find(({ id }) => id === agent)!
    if (place.config === null)
      throw new SkilletError(
        'INPUT_INVALID',
        `${place.title} has no list of programs that Skillet could be added to.`,
      )
    return { ...place, config: place.config }
  }

  async function fileOf({ config }: ReturnType<typeof placeOf>): Promise<string> {
    for (const file of config.files) if (await exists(file).catch(() => false)) return file
    return config.files[0]
  }

  function entryOf(place: ReturnType<typeof placeOf>): ServerEntry {
    const { form } = place.config
    const { command: program, args } = command(place)
    return form.entry === 'list'
      ? { ...form.extra, command: [program, ...args] }
      : { ...form.extra, command: program, args: [...args] }
  }

  async function plan(agent: AgentId, connect: boolean): Promise<Planned> {
    const place = placeOf(agent)
    if (connect) await assertAllowed(place)
    const read = await readConfigFile(await fileOf(place))
    const mine = (await made()).find((one) => one.agent === agent && one.file === read.path)
    const { form } = place.config
    const before = read.text ?? ''
    let after: string | null
    try {
      const found = entryIn(before, form)
      if (found !== null && !isOwn(found, place, mine))
        throw new SkilletError('PLACE_TAKEN', `${read.path} has another program named ${serverName}.`, {
          remedy: 'Rename that one, or remove it, then try again.',
        })
      if (connect) after = withEntry(before, form, entryOf(place))
      else if (found === null) after = read.text
      else if (mine?.madeFile === true && before === mine.splice.inserted) after = null
      else after = withoutEntry(before, form, mine?.splice ?? null)
    } catch (error) {
      if (error instanceof ConfigProblem) throw refused(read.path, error.message, error)
      throw error
    }
    return {
      read,
      after,
      change: {
        agent,
        file: read.path,
        isNew: read.text === null,
        digest: sha256Hex(new Uint8Array(Buffer.from(JSON.stringify([read.path, read.digest, after])))),
        diff: linesAround(before, after ?? ''),
      },
    }
  }

  async function assertAllowed({ title, policyName }: AgentPlace): Promise<void> {
    const policy = await managed()
    if (policy?.bridge?.enabled === false)
      throw new SkilletError('POLICY_DENIED', 'Your administrator does not let agents connect to Skillet.')
    if (!isAgentAllowed(policyName, policy))
      throw new SkilletError('POLICY_DENIED', `Your administrator hasn't allowed connecting ${title}.`)
  }

  return {
    /**
     * What adding Skillet to an agent's settings, or taking it out, would change; writes nothing.
     * @throws SkilletError CONFIG_REFUSED, PLACE_TAKEN, POLICY_DENIED, INPUT_INVALID
     */
    plan: async (agent: AgentId, connect: boolean): Promise<ConfigChange> =>
      (await plan(agent, connect)).change,

    /** Makes the change that the person has seen, and no other. @throws SkilletError what `plan` throws, NOT_WRITABLE */
    async apply(agent: AgentId, connect: boolean, digest: string): Promise<void> {
      const { change, read, after } = await plan(agent, connect)
      if (change.digest !== digest) throw changedSince(read.path)
      if (after === read.text) return
      const { title } = placeOf(agent)
      const others = (await made()).filter((one) => one.agent !== agent || one.file !== read.path)
      const earlier = (await made()).find((one) => one.agent === agent && one.file === read.path)
      // Ahead of the change: after a kill in between, the entry is known for ours.
      if (connect && after !== null)
        await save([
          ...others,
          {
            agent,
            file: read.path,
            entry: { ...entryOf(placeOf(agent)) },
            // Over an entry of ours the way back is to before that one.
            splice: spliceOf(
              earlier === undefined ? (read.text ?? '') : bareOf(read.text ?? '', agent, earlier),
              after,
            ),
            madeFile: earlier?.madeFile ?? read.text === null,
          },
        ])
      await journal.append(
        connect ? 'agents.connected' : 'agents.disconnected',
        null,
        connect
          ? `Added Skillet to the settings of ${title}.`
          : `Took Skillet out of the settings of ${title}.`,
        { file: read.path },
      )
      await replaceConfigFile(read, after)
      if (!connect) await save(others)
    },

    /** How Skillet stands in an agent's settings. Null for one that has none. */
    async state(agent: AgentId): Promise<Connection | null> {
      const place = places.find(({ id }) => id === agent)!
      if (place.config === null) return null
      const file = await fileOf(placeOf(agent))
      try {
        const { text } = await readConfigFile(file)
        const found = text === null ? null : entryIn(text, place.config.form)
        const mine = (await made()).find((one) => one.agent === agent && one.file === file)
        const state = found === null ? 'absent' : isOwn(found, place, mine) ? 'connected' : 'other'
        return { file, state, problem: null }
      } catch (error) {
        const known =
          error instanceof ConfigProblem ? refused(file, error.message, error) : toSkilletError(error)
        return { file, state: 'unreadable', problem: known.toPlain() }
      }
    },
  }

  function bareOf(text: string, agent: AgentId, earlier: Made): string {
    return withoutEntry(text, placeOf(agent).config.form, earlier.splice)
  }
}

/** As it was written, or at least a call of Skillet's MCP server for this very agent. */
function isOwn(found: unknown, { title }: AgentPlace, mine: Made | undefined): boolean {
  if (mine !== undefined && isDeepStrictEqual(found, mine.entry)) return true
  const { command, args } = found as { command?: unknown; args?: unknown }
  const words = [command, args].flat()
  const at = words.indexOf('mcp')
  return at > 0 && words[at + 1] === '--name' && words[at + 2] === title
}

/** The lines that change with two around them, and no keys in them. */
function linesAround(before: string, after: string): ConfigChange['diff'] {
  const [one, other] = [before, after].map((text) => (text === '' ? [] : text.split(/\r?\n/)))
  const most = Math.min(one!.length, other!.length)
  let start = 0
  while (start < most && one![start] === other![start]) start += 1
  let end = 0
  while (end < most - start && one!.at(-1 - end) === other!.at(-1 - end)) end += 1
  const part = (kind: ConfigChange['diff'][number]['kind'], lines: readonly string[]) =>
    lines.map((text) => ({ kind, text: redactSecrets(text).slice(0, 400) }))
  return [
    ...part('same', other!.slice(Math.max(0, start - 2), start)),
    ...part('removed', one!.slice(start, one!.length - end)),
    ...part('added', other!.slice(start, other!.length - end)),
    ...part('same', other!.slice(other!.length - end).slice(0, 2)),
  ]
}
