import { Package } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Badge } from '../../../renderer/ui/badge.tsx'
import { Empty } from '../../../renderer/ui/empty.tsx'
import { TextInput } from '../../../renderer/ui/field.tsx'
import { may, useMe } from '../../me.ts'
import { useChange, useGet } from '../../query.ts'
import { navigate } from '../../route.ts'
import { Answered } from '../../ui/answered.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { FormDialog } from '../../ui/dialog.tsx'
import { KeyOnce } from '../../ui/key-once.tsx'
import { LifeTime, type Days } from '../../ui/life-time.tsx'
import { Page } from '../../ui/page.tsx'
import { Table } from '../../ui/table.tsx'
import type { Bundle, BundleSkill } from './bundle.ts'
import { Samples } from './samples.tsx'
import { say } from '../../../shared/i18n/say.ts'
import { t } from '../../../shared/i18n/t.ts'

/** One bundle with its skills as things stand. */
export function BundlePage({ id }: { id: string }): ReactNode {
  const me = useMe()
  const mayChange = may(me, 'write:bundles')
  const path = `/api/bundles/${encodeURIComponent(id)}`
  const query = useGet<Bundle & { skills: readonly BundleSkill[] }>(path)
  const take = useChange<string, null>((api, slug) => api.call('DELETE', `${path}/skills/${slug}`))
  const remove = useChange<null, null>((api) => api.call('DELETE', path))
  const [token, setToken] = useState<string | null>(null)
  return (
    <Page
      title={query.data?.title ?? t('A bundle')}
      subtitle={<bdi>{query.data?.description}</bdi>}
      back={{ href: '#/bundles', label: t('Bundles') }}
      actions={
        mayChange ? (
          <>
            <Confirm
              label={t('Delete')}
              title={
                query.data === undefined
                  ? t('Delete the bundle?')
                  : t('Delete {{name}}?', { name: query.data.title })
              }
              submit={t('Delete the bundle')}
              onConfirm={async () => {
                await remove.mutateAsync(null)
                navigate('#/bundles')
              }}
            >
              {t('Its share tokens end at once. What people installed from it stays with them.')}
            </Confirm>
            <Share path={path} onMade={setToken} />
            <PutSkill path={path} />
          </>
        ) : undefined
      }
    >
      <Answered query={query} label={t('Loading the bundle')}>
        {({ skills }) =>
          skills.length === 0 ? (
            <Empty icon={Package} title={t('Nothing in it yet')}>
              {t('Put skills of the catalog into it, at one version or always the newest.')}
            </Empty>
          ) : (
            <Table
              label={t('Skills of the bundle')}
              columns={[t('Skill'), t('Held at'), t('To be had now'), t('Actions')]}
            >
              {skills.map((skill) => (
                <tr key={skill.slug}>
                  <td>
                    <span className="font-medium break-words">
                      <bdi>{skill.title}</bdi>
                    </span>
                    <span className="block text-sm text-ink-3">{skill.slug}</span>
                  </td>
                  <td className="whitespace-nowrap text-ink-2">{skill.version ?? t('the newest')}</td>
                  <td>
                    {skill.current ?? (
                      <Badge tone="bad">
                        {skill.reason === null ? t('Not to be had') : say(skill.reason)}
                      </Badge>
                    )}
                  </td>
                  <td className="text-end">
                    {mayChange ? (
                      <Confirm
                        label={t('Take out')}
                        title={t('Take {{name}} out?', { name: skill.title })}
                        submit={t('Take out')}
                        onConfirm={() => take.mutateAsync(skill.slug)}
                      >
                        {t('Fleets that use this bundle drop it with the next push.')}
                      </Confirm>
                    ) : null}
                  </td>
                </tr>
              ))}
            </Table>
          )
        }
      </Answered>
      {mayChange && query.data !== undefined ? <Samples bundle={query.data} /> : null}
      <KeyOnce title={t('A token for this bundle')} value={token} onClose={() => setToken(null)}>
        {t(
          'Whoever has it can see this bundle and get its skills, and nothing else. It is shown only this once; you can end it under API keys.',
        )}
      </KeyOnce>
    </Page>
  )
}

function PutSkill({ path }: { path: string }): ReactNode {
  const put = useChange<{ slug: string; version: string | null }, unknown>((api, { slug, version }) =>
    api.call('PUT', `${path}/skills/${encodeURIComponent(slug)}`, { version }),
  )
  const [slug, setSlug] = useState('')
  const [version, setVersion] = useState('')
  return (
    <FormDialog
      label={t('Put a skill in')}
      title={t('Put a skill in')}
      submit={t('Put in')}
      look="primary"
      isReady={slug.trim() !== ''}
      onOpen={() => {
        setSlug('')
        setVersion('')
      }}
      onSubmit={() =>
        put.mutateAsync({ slug: slug.trim(), version: version.trim() === '' ? null : version.trim() })
      }
    >
      <TextInput
        label={t('Name of the skill')}
        description={t('As in its address: csv-profile')}
        value={slug}
        onChange={setSlug}
        autoFocus
      />
      <TextInput
        label={t('Version')}
        description={t('Empty: always the newest')}
        required={false}
        value={version}
        onChange={setVersion}
      />
    </FormDialog>
  )
}

function Share({ path, onMade }: { path: string; onMade: (token: string) => void }): ReactNode {
  const make = useChange<object, { key: string }>((api, body) => api.call('POST', `${path}/tokens`, body))
  const [label, setLabel] = useState('')
  const [days, setDays] = useState<Days>('30')
  return (
    <FormDialog
      label={t('Share')}
      title={t('Share this bundle')}
      submit={t('Make a token')}
      isReady={label.trim() !== ''}
      onOpen={() => setLabel('')}
      onSubmit={async () => {
        const limit = days === 'never' ? {} : { days: Number(days) }
        onMade((await make.mutateAsync({ label: label.trim(), ...limit })).key)
      }}
    >
      <TextInput label={t('Who is it for?')} value={label} onChange={setLabel} maxLength={120} autoFocus />
      <LifeTime value={days} onChange={setDays} />
    </FormDialog>
  )
}
