import { z } from 'zod'
import { capabilitySchema } from './capability.ts'
import { hostSchema, secretNameSchema, slugSchema, stateFolderSchema, versionSchema } from './identifiers.ts'
import { builtInLimits } from './policy.ts'
import { tierSchema } from './tier.ts'

export const categories = ['documents', 'data', 'writing', 'photos', 'files', 'developer'] as const
export const operatingSystems = ['linux', 'macos', 'windows'] as const
export const architectures = ['x64', 'arm64'] as const

const positiveInt = z.number().int().positive()
const programName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/, 'must be a program name without a path')

export const requiresSchema = z.strictObject({
  os: z.array(z.enum(operatingSystems)).default([]),
  arch: z.array(z.enum(architectures)).default([]),
  memory_mb: z.number().int().nonnegative().default(0),
  disk_mb: z.number().int().nonnegative().default(0),
  vram_mb: z.number().int().nonnegative().default(0),
  /** Range over the CUDA version that the driver supports, for example `>=12.2`. */
  cuda: z
    .string()
    .max(64)
    .regex(/^[0-9.<>=^~ |-]+$/, 'must be a version range such as >=12.2')
    .optional(),
  executables: z.array(programName).default([]),
})

const sandboxSchema = z.strictObject({
  backend: z.enum(['any', 'bubblewrap', 'firejail']).default('any'),
  /** Exact hosts. `[]` means no network at all. */
  network: z.array(hostSchema).max(32).default([]),
  /** Folders inside the skill's own state that survive a run. `[]` means that nothing survives. */
  write: z.array(stateFolderSchema).max(16).default([]),
  /** Programs the skill may start. `[]` means the run command's own program only. */
  exec: z.array(programName).max(32).default([]),
  timeout_s: positiveInt.max(builtInLimits.timeout_s).default(30),
  memory_mb: positiveInt.max(builtInLimits.memory_mb).default(512),
})

/** What a skill has that asks for nothing else. */
export const usualBudget = { runs_per_day: 200, requests_per_run: 100, egress_mb_per_day: 50 } as const

const budgetSchema = z.strictObject({
  runs_per_day: positiveInt.max(builtInLimits.runs_per_day).default(usualBudget.runs_per_day),
  requests_per_run: positiveInt.max(builtInLimits.requests_per_run).default(usualBudget.requests_per_run),
  egress_mb_per_day: positiveInt.max(builtInLimits.egress_mb_per_day).default(usualBudget.egress_mb_per_day),
})

const secretSchema = z.strictObject({
  title: z.string().min(1).max(120),
  required: z.boolean().default(true),
  /** Where this secret may travel; each must be one of `sandbox.network`. */
  hosts: z.array(hostSchema).min(1).max(16),
  /** The skill only ever sends it in headers, to these hosts: it gets a placeholder, and Skillet adds the key on the way. */
  broker: z.boolean().optional(),
})

const inputBase = {
  title: z.string().min(1).max(120),
  description: z.string().max(400).optional(),
  required: z.boolean().default(false),
}
const inputSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('file'),
    ...inputBase,
    extensions: z.array(z.string().regex(/^[a-z0-9]{1,10}$/)).default([]),
  }),
  z.strictObject({ type: z.literal('folder'), ...inputBase, writable: z.boolean().optional() }),
  z.strictObject({
    type: z.literal('string'),
    ...inputBase,
    default: z.string().optional(),
    multiline: z.boolean().default(false),
    /** Comes on standard input instead of as an argument, so that it may be long. One input of a skill at most. */
    stdin: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('number'),
    ...inputBase,
    default: z.number().optional(),
    min: z.number().optional(),
    max: z.number().optional(),
  }),
  z.strictObject({ type: z.literal('boolean'), ...inputBase, default: z.boolean().optional() }),
  z.strictObject({
    type: z.literal('choice'),
    ...inputBase,
    default: z.string().optional(),
    options: z.array(z.string().min(1).max(80)).min(1).max(100),
  }),
])
/** Every type of input that exists. */
export const inputTypes: readonly string[] = inputSchema.options.map(({ shape }) => shape.type.value)

/** `skill.toml`, everything that Skillet enforces. Unknown keys are errors. */
export const skillManifestSchema = z
  .strictObject({
    schema: z.literal(1),
    slug: slugSchema,
    version: versionSchema,
    title: z.string().min(1).max(80),
    summary: z.string().min(1).max(240),
    publisher: slugSchema,
    license: z.string().min(1).max(64),
    tier: tierSchema.default('free'),
    category: z.enum(categories),
    tags: z.array(slugSchema).max(12).default([]),
    alternatives: z.array(slugSchema).max(8).default([]),
    requires: requiresSchema.prefault({}),
    capabilities: z.partialRecord(capabilitySchema, z.string().min(1).max(300)).default({}),
    sandbox: sandboxSchema.prefault({}),
    budget: budgetSchema.prefault({}),
    secrets: z.record(secretNameSchema, secretSchema).default({}),
    run: z.strictObject({
      command: z.array(z.string().min(1).max(4096)).min(1).max(64),
      inputs: z.record(z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/), inputSchema).default({}),
    }),
  })
  .superRefine(checkConsistency)

export type SkillManifest = z.infer<typeof skillManifestSchema>
export type SkillInput = z.infer<typeof inputSchema>

/** True when a run may change files in this folder input. Without an explicit choice, a skill that declares
 * `fs:write` and keeps no state of its own can only mean its folder inputs. */
export function isWritableInput(
  manifest: Pick<SkillManifest, 'capabilities' | 'sandbox'>,
  input: SkillInput,
): boolean {
  if (input.type !== 'folder' || manifest.capabilities['fs:write'] === undefined) return false
  return input.writable ?? manifest.sandbox.write.length === 0
}

/** What most skills run with, so that nothing is said of it. */
export const usualProgram = 'python3'

/** The run command's own program, by name. */
export function ownProgram(manifest: Pick<SkillManifest, 'run'>): string {
  return manifest.run.command[0]!.split('/').at(-1)!
}

/** Consistency is a rule, not advice: what is declared for the person equals what is enforced. */
function checkConsistency(
  manifest: {
    requires: z.infer<typeof requiresSchema>
    capabilities: Partial<Record<string, string>>
    sandbox: z.infer<typeof sandboxSchema>
    secrets: Record<string, z.infer<typeof secretSchema>>
    run: { command: string[]; inputs: Record<string, SkillInput> }
  },
  context: z.RefinementCtx,
): void {
  const issue = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message })
  const declares = (capability: string) => manifest.capabilities[capability] !== undefined
  const inputs = Object.entries(manifest.run.inputs)
  const folders = inputs.filter(([, input]) => input.type === 'folder')
  const networked = manifest.sandbox.network.length > 0
  const own = ownProgram(manifest)
  const others = manifest.sandbox.exec.filter((program) => program !== own)
  const secretNames = Object.keys(manifest.secrets)

  if (declares('net') && !networked)
    issue(['capabilities', 'net'], 'net is declared but sandbox.network names no host')
  if (!declares('net') && networked)
    issue(['sandbox', 'network'], 'sandbox.network names hosts but the capability net is not declared')
  const folderList = manifest.sandbox.write
  if (
    folderList.some((one, at) =>
      folderList.some((other, index) => index !== at && `${one}/`.startsWith(`${other}/`)),
    )
  )
    issue(['sandbox', 'write'], 'sandbox.write names a folder twice, or one within another')
  const writes = manifest.sandbox.write.length > 0
  if (declares('fs:write') && !writes && folders.length === 0)
    issue(
      ['capabilities', 'fs:write'],
      'fs:write is declared but neither sandbox.write nor a folder input says where',
    )
  if (!declares('fs:write') && writes)
    issue(['sandbox', 'write'], 'sandbox.write names folders but the capability fs:write is not declared')
  if (declares('env:read') && secretNames.length === 0)
    issue(['capabilities', 'env:read'], 'env:read is declared but no secret is')
  if (!declares('env:read') && secretNames.length > 0)
    issue(['secrets'], 'secrets are declared but the capability env:read is not')
  if (declares('exec') && others.length === 0)
    issue(
      ['capabilities', 'exec'],
      "exec is declared but sandbox.exec lists no program beyond the run command's own",
    )
  if (!declares('exec') && others.length > 0)
    issue(
      ['sandbox', 'exec'],
      `sandbox.exec lists ${others.join(', ')} but the capability exec is not declared`,
    )

  if (manifest.requires.cuda !== undefined && Object.keys(manifest.capabilities).length === 0)
    issue(['requires', 'cuda'], 'the graphics card needs a capability, so that the person is asked')

  const onStdin = inputs.filter(([, input]) => input.type === 'string' && input.stdin === true)
  for (const [name] of onStdin.slice(1))
    issue(['run', 'inputs', name, 'stdin'], `${onStdin[0]![0]} comes on standard input already`)

  for (const [name, input] of inputs) {
    if ((input.type === 'file' || input.type === 'folder') && !declares('fs:read'))
      issue(['run', 'inputs', name], 'a file or folder input needs the capability fs:read')
    if (input.type === 'folder' && input.writable === true && !declares('fs:write'))
      issue(['run', 'inputs', name, 'writable'], 'a writable folder needs the capability fs:write')
    if (input.type === 'choice' && input.default !== undefined && !input.options.includes(input.default))
      issue(['run', 'inputs', name, 'default'], 'the default is not one of the options')
  }
  for (const [name, secret] of Object.entries(manifest.secrets))
    for (const host of secret.hosts)
      if (!manifest.sandbox.network.includes(host))
        issue(
          ['secrets', name, 'hosts'],
          `${host} is not one of sandbox.network, so the key could never get there`,
        )
}
