import { capabilityWords } from './capability-limits.ts'
import { languageNames } from '../../../shared/i18n/languages.ts'
import { t } from '../../../shared/i18n/t.ts'
import type { ManagedPolicy } from '../../../shared/managed-policy.ts'
import { formatDuration, formatMemory, joinList } from '../../ui/format.ts'
import { agentTitles, storageTitles } from './managed-names.ts'

/** What a policy decides, a sentence each, for the people who live with it. */
export function decidedWords(policy: ManagedPolicy): string[] {
  return [
    ...registryWords(policy),
    ...skillWords(policy),
    ...ceilingWords(policy.ceiling),
    ...privacyWords(policy),
    ...programWords(policy),
  ]
}

function registryWords({ registries }: ManagedPolicy): string[] {
  if (registries === undefined) return []
  if (registries.length === 0) return [t('Skills come from no registry.')]
  const pinned = registries.some((one) => one.root !== undefined || one.root_sha256 !== undefined)
  return [
    t('Skills come only from {{registries}}.', { registries: joinList(registries.map(({ url }) => url)) }),
    ...(pinned ? [t('Whose signatures count is fixed.')] : []),
  ]
}

function skillWords({ publishers, skills, unsigned }: ManagedPolicy): string[] {
  const limited = publishers?.allow !== undefined || skills?.allow !== undefined
  return [
    ...named(
      publishers?.allow,
      (list) => t('Only skills by {{list}}.', { list }),
      t('No publisher’s skills.'),
    ),
    ...named(publishers?.block, (list) => t('No skills by {{list}}.', { list })),
    ...named(skills?.allow, (list) => t('Only these skills: {{list}}.', { list }), t('No skills at all.')),
    ...named(skills?.block, (list) => t('Never these skills: {{list}}.', { list })),
    ...named(
      skills?.preinstall?.map(({ skill }) => skill),
      (list) => t('Installed for you: {{list}}.', { list }),
    ),
    ...named(
      skills?.preinstall?.flatMap(({ skill, required }) => (required === true ? [skill] : [])),
      (list) => t('These can’t be removed: {{list}}.', { list }),
    ),
    ...(unsigned === 'forbidden' || (unsigned === undefined && limited)
      ? [t('Skills that nobody has signed can’t be tried.')]
      : []),
  ]
}

function ceilingWords(ceiling: ManagedPolicy['ceiling']): string[] {
  if (ceiling === undefined) return []
  const { capabilities: allowed, net_hosts: hosts, secrets, exec, limits } = ceiling
  const may = (capability: (typeof allowed)[number]) => allowed.includes(capability)
  return [
    ...capabilityWords().flatMap(({ capability, never }) => (may(capability) ? [] : [never])),
    ...(may('net')
      ? named(
          hosts,
          (list) => t('Skills connect only to {{list}}.', { list }),
          t('Skills connect to no site.'),
        )
      : []),
    ...(may('env:read')
      ? named(
          secrets,
          (list) => t('Skills use only these keys: {{list}}.', { list }),
          t('Skills use no keys.'),
        )
      : []),
    ...(may('exec')
      ? named(
          exec,
          (list) => t('Skills start only these programs: {{list}}.', { list }),
          t('Skills start no other programs.'),
        )
      : []),
    ...(limits?.timeout_s === undefined
      ? []
      : [t('A run ends after {{time}}.', { time: formatDuration(limits.timeout_s * 1000) })]),
    ...(limits?.memory_mb === undefined
      ? []
      : [t('A run gets {{memory}} of memory at most.', { memory: formatMemory(limits.memory_mb) })]),
    ...(limits?.runs_per_day === undefined
      ? []
      : [t('A skill runs {{count}} times a day at most.', { count: limits.runs_per_day })]),
    ...(limits?.requests_per_run === undefined
      ? []
      : [t('A run connects {{count}} times at most.', { count: limits.requests_per_run })]),
    ...(limits?.egress_mb_per_day === undefined
      ? []
      : [t('A skill sends {{size}} a day at most.', { size: formatMemory(limits.egress_mb_per_day) })]),
  ]
}

function privacyWords({ key_storage: storage, telemetry, fleet_key: fleet }: ManagedPolicy): string[] {
  const titles = storageTitles()
  return [
    ...named(
      storage?.map((kind) => titles[kind]),
      (list) => t('Keys are kept only in {{list}}.', { list }),
      t('No keys are kept.'),
    ),
    ...(telemetry === undefined
      ? []
      : [telemetry === 'off' ? t('Anonymous statistics are off.') : t('Anonymous statistics are on.')]),
    ...(fleet === undefined ? [] : [t('This computer belongs to your organisation’s fleet.')]),
  ]
}

function programWords({ updates, language, agents, bridge, certificates, proxy }: ManagedPolicy): string[] {
  const titles = agentTitles()
  return [
    ...(updates?.mode === 'automatic' ? [t('Skillet updates itself.')] : []),
    ...(updates?.mode === 'manual' ? [t('Skillet updates only when you start it.')] : []),
    ...(updates?.version === undefined
      ? []
      : [t('Skillet stays at version {{version}}.', { version: updates.version })]),
    ...(updates?.mirror === undefined
      ? []
      : [t('Updates come from {{address}}.', { address: updates.mirror })]),
    ...named(
      agents?.allow.map((name) => titles[name]),
      (list) => t('Skills are given only to {{list}}.', { list }),
      t('Skills are given to no agent.'),
    ),
    ...(bridge?.enabled === false ? [t('Agents can’t connect to Skillet.')] : []),
    ...(bridge?.token_days === undefined
      ? []
      : [t('Agents are paired anew after {{count}} days.', { count: bridge.token_days })]),
    ...(certificates === undefined
      ? []
      : [
          certificates.mode === 'add'
            ? t('Skillet also trusts servers that your organisation vouches for.')
            : t('Skillet trusts only servers that your organisation vouches for.'),
        ]),
    ...(proxy === undefined ? [] : [t('Skillet connects through {{address}}.', { address: proxy.url })]),
    ...(language === undefined
      ? []
      : [t('The language is {{language}}.', { language: languageNames[language] })]),
  ]
}

/** A sentence about a list; `none` where it is empty, nothing where there is no list. */
function named(
  list: readonly string[] | undefined,
  sentence: (list: string) => string,
  none?: string,
): string[] {
  if (list === undefined) return []
  if (list.length === 0) return none === undefined ? [] : [none]
  return [sentence(joinList(list))]
}
