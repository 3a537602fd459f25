import { languageNames, languages } from '../../../shared/i18n/languages.ts'
import { t } from '../../../shared/i18n/t.ts'
import { capabilityWords } from '../managed/capability-limits.ts'
import { agentTitles, storageTitles } from '../managed/managed-names.ts'
import type { Path } from './draft.ts'
import { certificateLines, plainLines, preinstallLines, registryLines, type Lines } from './lines.ts'

interface Named {
  readonly path: Path
  readonly label: string
  readonly help?: string
}

/** One key of a policy, as it is asked for. An empty field leaves its key out. */
export type Field =
  | (Named & { readonly kind: 'text'; readonly placeholder?: string })
  | (Named & { readonly kind: 'number' })
  | (Named & {
      readonly kind: 'choice'
      /** The first stands for leaving the key out. */
      readonly choices: readonly { id: string; label: string; value: unknown }[]
    })
  /** Several lines. `only`: an empty list is a decision of its own, and a switch says whether there is one. */
  | (Named & { readonly kind: 'lines'; readonly lines: Lines; readonly only: boolean })
  | (Named & {
      readonly kind: 'some'
      readonly choices: readonly { id: string; label: string }[]
      /** There is always a list; otherwise a switch says whether there is one. */
      readonly always: boolean
    })

export interface FieldGroup {
  readonly id: string
  readonly title: string
  readonly fields: readonly Field[]
}

const line = (path: string, label: string, placeholder: string): Field => ({
  kind: 'text',
  path: path.split('.'),
  label,
  placeholder,
})
const number = (path: string, label: string): Field => ({ kind: 'number', path: path.split('.'), label })
const lines = (path: string, label: string, help: string, only = false, form: Lines = plainLines): Field => ({
  kind: 'lines',
  path: path.split('.'),
  label,
  help,
  only,
  lines: form,
})
const choice = (path: string, label: string, free: string, choices: readonly [unknown, string][]): Field => ({
  kind: 'choice',
  path: path.split('.'),
  label,
  choices: [
    { id: '', label: free, value: undefined },
    ...choices.map(([value, words]) => ({ id: String(value), label: words, value })),
  ],
})

/** Every key that a policy may have, in the order in which people think of them. */
export function fieldGroups(): readonly FieldGroup[] {
  return [
    {
      id: 'organisation',
      title: t('Your organisation'),
      fields: [
        line('organisation', t('Name of the organisation'), 'Example Ltd'),
        line('support.name', t('Whom people ask for help'), 'IT help desk'),
        line('support.email', t('Their email address'), 'help@example.com'),
        line('support.phone', t('Their telephone number'), '+44 20 7946 0000'),
        line('support.url', t('Their web page'), 'https://help.example.com'),
        line('branding.name', t('Name at the top of the window'), 'Skillet'),
        line('branding.accent', t('Colour of buttons and marks'), '#0a5c36'),
        line(
          'branding.logo',
          t('Picture at the top of the window (a PNG or SVG file)'),
          '/etc/skillet/logo.svg',
        ),
        choice(
          'language',
          t('Language'),
          t('People choose'),
          languages.map((id) => [id, languageNames[id]]),
        ),
      ],
    },
    {
      id: 'sources',
      title: t('Where skills come from'),
      fields: [
        lines(
          'registries',
          t('Only these registries'),
          t(
            'One address a line, and behind it, if you like, the SHA-256 of its trust root. The first is the usual one.',
          ),
          true,
          registryLines,
        ),
        lines(
          'publishers.allow',
          t('Only these publishers'),
          t('One name a line, such as example-tools.'),
          true,
        ),
        lines('publishers.block', t('Never these publishers'), t('One name a line.')),
        lines(
          'skills.allow',
          t('Only these skills'),
          t('One a line: csv-profile, csv-profile@1.2.0 or csv-profile@>=1.0.0.'),
          true,
        ),
        lines(
          'skills.block',
          t('Never these skills'),
          t('One a line, versions as above: csv-profile@<1.2.0.'),
        ),
        lines(
          'skills.preinstall',
          t('Install these for everybody'),
          t(
            'One a line, and behind it what it is granted: notes fs:write net=api.example.com. With the word “required” people can’t remove it.',
          ),
          false,
          preinstallLines,
        ),
        choice('unsigned', t('Skills from folders that nobody has signed'), t('As the rules above need it'), [
          ['forbidden', t('Forbidden')],
          ['allowed', t('Allowed')],
        ]),
      ],
    },
    {
      id: 'keys',
      title: t('Keys, statistics and updates'),
      fields: [
        {
          kind: 'some',
          path: ['key_storage'],
          label: t('Limit where keys are kept'),
          choices: Object.entries(storageTitles()).map(([id, label]) => ({ id, label })),
          always: false,
        },
        choice('telemetry', t('Anonymous statistics'), t('People choose'), [
          ['off', t('Never sent')],
          ['on', t('Sent')],
        ]),
        choice('updates.mode', t('Updates of Skillet'), t('People choose'), [
          ['automatic', t('As they come')],
          ['manual', t('When somebody starts them')],
          ['pinned', t('To one version and no other')],
        ]),
        line('updates.version', t('Which version'), '1.2.0'),
        line('updates.mirror', t('Where updates come from'), 'https://updates.example.com/skillet'),
      ],
    },
    {
      id: 'agents',
      title: t('Agents'),
      fields: [
        {
          kind: 'some',
          path: ['agents', 'allow'],
          label: t('Limit which agents get skills'),
          choices: Object.entries(agentTitles()).map(([id, label]) => ({ id, label })),
          always: false,
        },
        choice('bridge.enabled', t('Agents connect to Skillet'), t('People choose'), [
          [true, t('Allowed')],
          [false, t('Forbidden')],
        ]),
        number('bridge.token_days', t('Days until an agent is paired anew')),
      ],
    },
    {
      id: 'network',
      title: t('Network'),
      fields: [
        line('proxy.url', t('Proxy for Skillet’s own connections'), 'http://proxy.example.com:3128'),
        lines('proxy.except', t('Sites that are asked without the proxy'), t('One host a line.')),
        choice('certificates.mode', t('Certificates of your organisation'), t('None'), [
          ['add', t('Trusted beside the usual ones')],
          ['replace', t('Trusted in place of the usual ones')],
        ]),
        lines(
          'certificates.authorities',
          t('The certificates'),
          t('In PEM form, from -----BEGIN CERTIFICATE----- on.'),
          false,
          certificateLines,
        ),
        line('fleet_key.file', t('File with the fleet’s key'), '/etc/skillet/fleet.key'),
        line('fleet_key.keychain', t('Or its name in the keychain'), 'FLEET_KEY'),
      ],
    },
  ]
}

/** What skills may do at most; a policy has all of these, or nothing about it. */
export function ceilingFields(): readonly Field[] {
  return [
    {
      kind: 'some',
      path: ['ceiling', 'capabilities'],
      label: t('Skills may'),
      choices: capabilityWords().map(({ capability, label }) => ({ id: capability, label })),
      always: true,
    },
    lines(
      'ceiling.fs_write_roots',
      t('Folders that skills may write to'),
      t('One a line: a folder’s name, state:* for all of their own, input:* for those that people choose.'),
    ),
    lines('ceiling.net_hosts', t('Only these sites'), t('One host a line, such as api.example.com.'), true),
    lines('ceiling.secrets', t('Only these keys'), t('One name a line, such as EXAMPLE_API_KEY.'), true),
    lines('ceiling.exec', t('Only these programs'), t('One name a line, such as git.'), true),
    number('ceiling.limits.timeout_s', t('Longest time of a run, in seconds')),
    number('ceiling.limits.memory_mb', t('Most memory of a run, in MB')),
    number('ceiling.limits.runs_per_day', t('Most runs of a skill a day')),
    number('ceiling.limits.requests_per_run', t('Most connections of a run')),
    number('ceiling.limits.egress_mb_per_day', t('Most that a skill sends a day, in MB')),
  ]
}
