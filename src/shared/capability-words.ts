import { capabilities, type Capability } from './capability.ts'
import type { Ask } from './contract/skills.ts'
import {
  isWritableInput,
  ownProgram,
  usualBudget,
  usualProgram,
  type SkillManifest,
} from './skill-manifest.ts'

/** "a", "a and b", "a, b and c" */
export function joinWords(words: readonly string[]): string {
  if (words.length <= 1) return words[0] ?? ''
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/** Titles of asks inside a sentence: "read a file that you choose and go online". */
export function joinAsks(asks: readonly Pick<Ask, 'title'>[]): string {
  return joinWords(asks.map(({ title }) => title.charAt(0).toLowerCase() + title.slice(1)))
}

/** The scope that a capability has in this skill: hosts, folders, secret names, programs. */
export function declaredScope(manifest: SkillManifest, capability: Capability): string[] {
  const inputs = Object.entries(manifest.run.inputs)
  switch (capability) {
    case 'fs:read':
      return inputs
        .filter(([, input]) => input.type === 'file' || input.type === 'folder')
        .map(([name]) => `input:${name}`)
    case 'fs:write':
      return [
        ...manifest.sandbox.write,
        ...inputs.filter(([, input]) => isWritableInput(manifest, input)).map(([name]) => `input:${name}`),
      ]
    case 'net':
      return manifest.sandbox.network
    case 'env:read':
      return Object.keys(manifest.secrets)
    case 'exec':
      return manifest.sandbox.exec.filter((program) => program !== ownProgram(manifest))
  }
}

/** The capabilities that a skill declares, in the vocabulary's order. */
export function declaredCapabilities(manifest: SkillManifest): Capability[] {
  return capabilities.filter((capability) => manifest.capabilities[capability] !== undefined)
}

/** One question a capability, in words for a person who is not technical. */
export function asksOf(manifest: SkillManifest): Ask[] {
  return declaredCapabilities(manifest).map((capability) => {
    const { title, limit } = words(manifest, capability)
    return {
      capability,
      reason: manifest.capabilities[capability] ?? '',
      scope: declaredScope(manifest, capability),
      title,
      limit: [limit, ...(carriesMeans(manifest, capability) ? unusualMeans(manifest) : [])].join(' '),
    }
  })
}

/**
 * Whether the question about this capability is also the one about what a skill works with: the program that runs it, and
 * the graphics card. No capability stands for those, so they come with the first that it declares.
 */
export function carriesMeans(manifest: SkillManifest, capability: Capability): boolean {
  return declaredCapabilities(manifest)[0] === capability
}

function unusualMeans(manifest: SkillManifest): string[] {
  const own = ownProgram(manifest)
  return [
    ...(manifest.requires.cuda === undefined ? [] : ['It uses the graphics card.']),
    ...(own === usualProgram ? [] : [`It runs with ${own}.`]),
  ]
}

function words(manifest: SkillManifest, capability: Capability): { title: string; limit: string } {
  const inputs = Object.values(manifest.run.inputs)
  const folders = inputs.some((input) => input.type === 'folder')
  const files = inputs.some((input) => input.type === 'file')
  const writesInput = inputs.some((input) => isWritableInput(manifest, input))
  switch (capability) {
    case 'fs:read': {
      if (!files && !folders)
        return { title: 'Read back what it saved earlier', limit: 'It sees none of your own files.' }
      return {
        title:
          files && folders
            ? 'Read the files and folders that you choose'
            : folders
              ? 'Read a folder that you choose'
              : 'Read a file that you choose',
        limit: 'You choose each time. It sees nothing else on this computer.',
      }
    }
    case 'fs:write':
      return writesInput
        ? {
            title: 'Change files in a folder that you choose',
            limit: 'It can change nothing outside that folder.',
          }
        : { title: 'Save its results in its own folder', limit: 'It can change none of your files.' }
    case 'net':
      return {
        title: `Connect to ${joinWords(manifest.sandbox.network)}`,
        limit: [
          manifest.sandbox.network.length === 1
            ? 'It can reach no other site.'
            : 'It can reach no other sites.',
          ...unusualBudget(manifest),
        ].join(' '),
      }
    case 'env:read': {
      const secrets = Object.values(manifest.secrets)
      return {
        title: `Use your ${joinWords(secrets.map((secret) => secret.title))}`,
        limit: `Only while it runs. It can connect only to ${joinWords(manifest.sandbox.network)}.`,
      }
    }
    case 'exec':
      return {
        title: `Start ${joinWords(declaredScope(manifest, 'exec'))}`,
        limit: 'It can start no other programs, and these stay inside the same limits.',
      }
  }
}

/** How much it may send, said only where that is not what skills usually have. */
function unusualBudget({ budget }: SkillManifest): string[] {
  const { requests_per_run: requests, egress_mb_per_day: megabytes } = budget
  const parts = [
    ...(requests === usualBudget.requests_per_run ? [] : [`connect ${requests} times a run`]),
    ...(megabytes === usualBudget.egress_mb_per_day ? [] : [`send ${megabytes} MB a day`]),
  ]
  return parts.length === 0 ? [] : [`It may ${joinWords(parts)}, and no more.`]
}

const cannotWords: Record<Capability, string> = {
  'fs:read': 'read your files',
  'fs:write': 'change files',
  net: 'go online',
  'env:read': 'use your keys',
  exec: 'start other programs',
}

/** What the skill never asked for, for "It can't: …". */
export function cannotOf(manifest: SkillManifest): string[] {
  return capabilities
    .filter((capability) => manifest.capabilities[capability] === undefined)
    .map((capability) => cannotWords[capability])
}
