import { useQueryClient } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { KeyPlace, SecretInfo } from '../../../shared/contract/keys.ts'
import { t } from '../../../shared/i18n/t.ts'
import { failureNotice } from '../../act.ts'
import { refresh, staleAfter, useCall, useChange } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { joinList } from '../../ui/format.ts'
import { Page, Section } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { useNotice } from '../../ui/toast.tsx'
import { KeyRow } from './key-row.tsx'
import { PlaceSection } from './place-section.tsx'
import { RemoveKeyDialog } from './remove-key-dialog.tsx'
import { SetKeyDialog, type KeyToSet } from './set-key-dialog.tsx'
import { wantedKeys } from './wanted-keys.ts'

type Open = (KeyToSet & { what: 'set' }) | { what: 'remove'; secret: SecretInfo; title: string } | null

/** Where keys are kept, those that skills may use, and those that they still need. */
export function KeysPage(): ReactNode {
  const client = useQueryClient()
  const notify = useNotice()
  const list = useCall('secrets.list', null)
  const [open, setOpen] = useState<Open>(null)
  const done = (text: string) => {
    setOpen(null)
    notify({ text })
    void refresh(client, staleAfter.keys)
  }
  const library = useCall('library.list', null)
  const titleOfSkill = (slug: string) => library.data?.find((skill) => skill.slug === slug)?.title ?? slug
  const wanted = wantedKeys(list.data?.wanted ?? [], (slug) => titleOfSkill(slug))
  // A key is called what the skill that uses it calls it.
  const titleOfKey = (name: string) =>
    library.data?.flatMap((skill) => skill.manifest.secrets[name]?.title ?? [])[0] ?? name
  const askedBy = (name: string) =>
    (library.data ?? []).filter(({ manifest }) => manifest.secrets[name] !== undefined)
  const test = useChange('secrets.test')
  const place = list.data?.place
  const available = place?.usable === true
  return (
    <Page title={t('Keys')} subtitle={subtitle(place)}>
      {list.isError ? (
        <ErrorNote error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <SkeletonRows count={2} label={t('Loading your keys')} />
      ) : (
        <div className="flex flex-col gap-5">
          <PlaceSection
            place={list.data.place}
            titleOf={({ name }) => titleOfKey(name)}
            onChanged={done}
            onRetry={() => void list.refetch()}
            onReplace={({ name, skill }) =>
              setOpen({ what: 'set', name, skill, title: titleOfKey(name), replaces: true, askedBy: [] })
            }
            onRemove={({ name, skill }) =>
              setOpen({
                what: 'remove',
                secret: { name, skill, lastFour: '', lastUsedAt: null, usedBy: [] },
                title: titleOfKey(name),
              })
            }
          />
          {wanted.length === 0 ? null : (
            <Section title={t('Still needed')}>
              <ul className="divide-y divide-line border-t border-line">
                {wanted.map((key) => (
                  <li key={key.name} className="flex items-center justify-between gap-4 py-3 last:pb-0">
                    <div className="min-w-0">
                      <p className="font-medium">{key.title}</p>
                      <p className="text-sm text-ink-3">
                        {t('Asked for by {{skills}}', { skills: joinList(key.skills) })} · {key.name}
                      </p>
                    </div>
                    <Button
                      look="primary"
                      isDisabled={!available}
                      aria-label={t('Add {{title}}', { title: key.title })}
                      onPress={() =>
                        setOpen({
                          what: 'set',
                          name: key.name,
                          skill: null,
                          title: key.title,
                          replaces: false,
                          askedBy: askedBy(key.name),
                        })
                      }
                    >
                      {t('Add')}
                    </Button>
                  </li>
                ))}
              </ul>
            </Section>
          )}
          {list.data.secrets.length > 0 ? (
            <ul aria-label={t('Your keys')} className="flex flex-col gap-2.5">
              {list.data.secrets.map((secret) => (
                <KeyRow
                  key={`${secret.name}@${secret.skill}`}
                  secret={secret}
                  title={titleOfKey(secret.name)}
                  ownerTitle={secret.skill === null ? null : titleOfSkill(secret.skill)}
                  usable={available}
                  onTest={() =>
                    test.mutate(
                      { name: secret.name, skill: secret.skill },
                      {
                        onSuccess: () =>
                          notify({
                            text: t(
                              '{{title}} can be read. It was sent nowhere: whether its service accepts it shows when a skill uses it.',
                              { title: titleOfKey(secret.name) },
                            ),
                          }),
                        onError: (error) => notify(failureNotice(error)),
                      },
                    )
                  }
                  onReplace={() =>
                    setOpen({
                      what: 'set',
                      name: secret.name,
                      skill: secret.skill,
                      title: titleOfKey(secret.name),
                      replaces: true,
                      askedBy: [],
                    })
                  }
                  onRemove={() => setOpen({ what: 'remove', secret, title: titleOfKey(secret.name) })}
                />
              ))}
            </ul>
          ) : available && wanted.length === 0 ? (
            <Empty icon={KeyRound} title={t('Your keys will be here')}>
              {t(
                'When you install a skill that needs a key, for example for a translation service, Skillet asks you for it and keeps it here.',
              )}
            </Empty>
          ) : null}
        </div>
      )}
      {open?.what === 'set' ? (
        <SetKeyDialog
          target={open}
          kind={place?.kind ?? 'keychain'}
          onClose={() => setOpen(null)}
          onSaved={() =>
            done(
              open.replaces
                ? t('{{title}} was replaced.', { title: open.title })
                : t('{{title}} is kept.', { title: open.title }),
            )
          }
        />
      ) : null}
      {open?.what === 'remove' ? (
        <RemoveKeyDialog
          secret={open.secret}
          title={open.title}
          onClose={() => setOpen(null)}
          onRemoved={() => done(t('{{title}} was removed.', { title: open.title }))}
        />
      ) : null}
    </Page>
  )
}

function subtitle(place: KeyPlace | undefined): string {
  if (place?.usable !== true) return t('Passwords that skills use for other services.')
  switch (place.kind) {
    case 'keychain':
      return t('Kept in this computer’s keychain, never in a file. A skill gets a key only while it runs.')
    case 'vault':
      return t('Kept in a file that your passphrase protects. A skill gets a key only while it runs.')
    case 'session':
      return t('Kept in memory until you close Skillet. A skill gets a key only while it runs.')
  }
}
