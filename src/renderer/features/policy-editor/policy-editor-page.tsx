import { useQueryClient } from '@tanstack/react-query'
import { FileDown, FolderOpen } from 'lucide-react'
import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react'
import type { PolicyProblemView } from '../../../shared/contract/managed.ts'
import { t } from '../../../shared/i18n/t.ts'
import type { ManagedPolicy } from '../../../shared/managed-policy.ts'
import { failureNotice } from '../../act.ts'
import { ask, useBridge } from '../../bridge.ts'
import { useCall } from '../../query.ts'
import { hrefs } from '../../route.ts'
import { Button } from '../../ui/button.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { Switch } from '../../ui/switch.tsx'
import { useNotice } from '../../ui/toast.tsx'
import { valueAt, withValue, type Draft, type Path } from './draft.ts'
import { FieldView } from './field-view.tsx'
import { ceilingFields, fieldGroups, type Field } from './fields.ts'
import { Preview } from './preview.tsx'

/** Where a new ceiling starts: with everything, so that whoever writes it takes away. */
const widestCeiling: ManagedPolicy['ceiling'] = {
  capabilities: ['fs:read', 'fs:write', 'net', 'env:read', 'exec'],
  fs_write_roots: ['state:*', 'input:*'],
}

const draftKey = ['policy.draft']

/** The administrators' own page: every key of a policy, what people will see of it, and files to hand out. */
export function PolicyEditorPage(): ReactNode {
  const bridge = useBridge()
  const notify = useNotice()
  const client = useQueryClient()
  // Kept while this window is open: whoever looks something up elsewhere comes back to what was written.
  const [draft, setDraft] = useState<Draft>(() => client.getQueryData<Draft>(draftKey) ?? {})
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    client.setQueryDefaults(draftKey, { gcTime: Infinity })
    client.setQueryData(draftKey, draft)
  }, [client, draft])
  const check = useCall('policy.check', { policy: draft }, { keepPrevious: true })
  const problems = check.data ?? []
  const [shown, setShown] = useState<ManagedPolicy>({})
  // The check is about this very draft: what main calls a policy is one.
  if (check.data?.length === 0 && !check.isPlaceholderData && shown !== draft)
    setShown(draft as ManagedPolicy)

  const [groups, ceiling] = useMemo(() => [fieldGroups(), ceilingFields()], [])
  const set = useCallback(
    (path: Path, value: unknown) => setDraft((earlier) => withValue(earlier, path, value)),
    [],
  )
  const replace = (next: Draft) => {
    setDraft(next)
    setTurn((earlier) => earlier + 1)
  }
  const open = async () => {
    try {
      const read = await ask(bridge, 'policy.import', null)
      if (read === null) return
      if (read.policy !== null) {
        replace(read.policy)
        notify({ text: t('{{name}} was read.', { name: read.name }) })
      } else
        notify({
          text: `${t('{{name}} is not a policy.', { name: read.name })} ${read.problems.map(problemWords).join(' ')}`,
          stays: true,
        })
    } catch (error) {
      notify(failureNotice(error))
    }
  }
  const save = async (form: 'json' | 'mobileconfig' | 'reg') => {
    try {
      const saved = await ask(bridge, 'policy.export', { policy: draft, form })
      if (saved !== null) notify({ text: t('Saved as {{path}}.', { path: saved.path }) })
    } catch (error) {
      notify(failureNotice(error))
    }
  }
  const fields = (list: readonly Field[]) =>
    list.map((field) => (
      <FieldView
        key={`${turn} ${field.path.join('.')}`}
        field={field}
        value={valueAt(draft, field.path)}
        problem={problemOf(problems, field.path, list)}
        onSet={set}
      />
    ))
  const [first, second, ...others] = groups.map(({ id, title, fields: list }) => (
    <Section key={id} title={title}>
      <div className="flex flex-col gap-5">{fields(list)}</div>
    </Section>
  ))
  return (
    <Page
      title={t('Write a policy')}
      subtitle={t(
        'What holds on all computers of your organisation. Whatever you leave empty, people decide themselves.',
      )}
      backTo={hrefs.settings}
      actions={
        <Button onPress={() => void open()}>
          <FolderOpen aria-hidden size={18} strokeWidth={1.75} /> {t('Open a policy…')}
        </Button>
      }
    >
      <div className="grid items-start gap-4 min-[1100px]:grid-cols-[minmax(0,1fr)_320px]">
        <div className="flex min-w-0 flex-col gap-4">
          {first}
          {second}
          <Section title={t('What skills may do at most')}>
            <div className="flex flex-col gap-5">
              <Switch
                label={t('Limit what skills may do')}
                isSelected={draft['ceiling'] !== undefined}
                onChange={(on) => replace(withValue(draft, ['ceiling'], on ? widestCeiling : undefined))}
              />
              {draft['ceiling'] === undefined ? null : fields(ceiling)}
            </div>
          </Section>
          {others}
        </div>
        <div className="flex min-w-0 flex-col gap-4 min-[1100px]:sticky min-[1100px]:top-4">
          <Preview policy={shown} />
          <Section title={t('Hand it out')}>
            <div className="flex flex-col gap-3">
              <p className={problems.length === 0 ? 'text-ink-2' : 'font-medium text-bad'} role="status">
                {problems.length === 0
                  ? t('This is a policy that Skillet takes.')
                  : t('{{count}} things to correct first.', { count: problems.length })}
              </p>
              {problems.length === 0 ? null : (
                <ul aria-label={t('What to correct')} className="flex flex-col gap-1 text-sm text-bad">
                  {problems.map((problem) => (
                    <li key={`${problem.key} ${problem.message}`} className="break-words">
                      {problemWords(problem)}
                    </li>
                  ))}
                </ul>
              )}
              <Button look="primary" onPress={() => void save('json')}>
                <FileDown aria-hidden size={18} strokeWidth={1.75} /> {t('Save policy.json')}
              </Button>
              <Button onPress={() => void save('mobileconfig')}>{t('Save for macOS (.mobileconfig)')}</Button>
              <Button onPress={() => void save('reg')}>{t('Save for Windows (.reg)')}</Button>
            </div>
          </Section>
        </div>
      </div>
    </Page>
  )
}

/** What is wrong with this field's key, or with something in it that no field of its own is about. */
function problemOf(
  problems: readonly PolicyProblemView[],
  path: Path,
  fields: readonly Field[],
): string | undefined {
  const key = path.join('.')
  const isOwn = (name: string) => name === key || name.startsWith(`${key}.`)
  // A group that is wrong as a whole is said at its first field.
  const isGroup = (name: string) =>
    name === path[0] && path.length > 1 && fields.find((field) => field.path[0] === name)?.path === path
  return problems.find(({ key: name }) => isOwn(name) || isGroup(name))?.message
}

function problemWords({ key, line, message }: PolicyProblemView): string {
  const place = [key, line === null ? '' : t('line {{line}}', { line })].filter((part) => part !== '')
  return place.length === 0 ? message : `${place.join(', ')}: ${message}`
}
