import { useQueryClient } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { KeychainState, SecretInfo, SecretRef } from '../../../shared/contract/keys.ts'
import { refresh, staleAfter, useCall } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { joinList } from '../../ui/format.ts'
import { Page, Section } from '../../ui/page.tsx'
import { ProblemNote } from '../../ui/problem-note.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { useNotice } from '../../ui/toast.tsx'
import { RemoveKeyDialog } from './remove-key-dialog.tsx'
import { SetKeyDialog } from './set-key-dialog.tsx'
import { wantedKeys } from './wanted-keys.ts'

type Open =
  | (SecretRef & { what: 'set'; title: string; replaces: boolean })
  | { what: 'remove'; secret: SecretInfo; title: string }
  | null

/** The keys in this computer's keychain that skills may use, and those that they still need. */
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
  const wanted = wantedKeys(
    list.data?.wanted ?? [],
    (slug) => library.data?.find((skill) => skill.slug === slug)?.title ?? slug,
  )
  // A key is called what the skill that uses it calls it.
  const titleOfKey = (name: string) =>
    library.data?.flatMap((skill) => skill.manifest.secrets[name]?.title ?? [])[0] ?? name
  const available = list.data?.keychain.available === true
  return (
    <Page
      title="Keys"
      subtitle={
        list.data === undefined || !available
          ? 'Passwords that skills use for other services.'
          : 'Kept in this computer’s keychain, never in a file. A skill gets a key only while it runs.'
      }
    >
      {list.isError ? (
        <ErrorNote error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <SkeletonRows count={2} label="Loading your keys" />
      ) : (
        <div className="flex flex-col gap-5">
          <KeychainProblem keychain={list.data.keychain} onRetry={() => void list.refetch()} />
          {wanted.length === 0 ? null : (
            <Section title="Still needed">
              <ul className="divide-y divide-line border-t border-line">
                {wanted.map((key) => (
                  <li key={key.name} className="flex items-center justify-between gap-4 py-3 last:pb-0">
                    <div className="min-w-0">
                      <p className="font-medium">{key.title}</p>
                      <p className="text-sm text-ink-3">
                        Asked for by {joinList(key.skills)} · {key.name}
                      </p>
                    </div>
                    <Button
                      look="primary"
                      isDisabled={!available}
                      aria-label={`Add ${key.title}`}
                      onPress={() =>
                        setOpen({
                          what: 'set',
                          name: key.name,
                          skill: null,
                          title: key.title,
                          replaces: false,
                        })
                      }
                    >
                      Add
                    </Button>
                  </li>
                ))}
              </ul>
            </Section>
          )}
          {list.data.secrets.length > 0 ? (
            <ul aria-label="Your keys" className="flex flex-col gap-2.5">
              {list.data.secrets.map((secret) => (
                <KeyRow
                  key={`${secret.name}@${secret.skill}`}
                  secret={secret}
                  title={titleOfKey(secret.name)}
                  onReplace={() =>
                    setOpen({
                      what: 'set',
                      name: secret.name,
                      skill: secret.skill,
                      title: titleOfKey(secret.name),
                      replaces: true,
                    })
                  }
                  onRemove={() => setOpen({ what: 'remove', secret, title: titleOfKey(secret.name) })}
                />
              ))}
            </ul>
          ) : available && wanted.length === 0 ? (
            <Empty icon={KeyRound} title="Your keys will be here">
              When you install a skill that needs a key, for example for a translation service, Skillet asks
              you for it and keeps it here.
            </Empty>
          ) : null}
        </div>
      )}
      {open?.what === 'set' ? (
        <SetKeyDialog
          target={open}
          onClose={() => setOpen(null)}
          onSaved={() => done(open.replaces ? `${open.title} was replaced.` : `${open.title} is kept.`)}
        />
      ) : null}
      {open?.what === 'remove' ? (
        <RemoveKeyDialog
          secret={open.secret}
          title={open.title}
          onClose={() => setOpen(null)}
          onRemoved={() => done(`${open.title} was removed.`)}
        />
      ) : null}
    </Page>
  )
}

function KeychainProblem({ keychain, onRetry }: { keychain: KeychainState; onRetry: () => void }): ReactNode {
  if (keychain.available) return null
  return (
    <ProblemNote
      problem={keychain.problem ?? 'This computer’s keychain can’t be reached, so no key can be kept.'}
      fix={keychain.fix}
      onRetry={onRetry}
    />
  )
}

function KeyRow({
  secret,
  title,
  onReplace,
  onRemove,
}: {
  secret: SecretInfo
  title: string
  onReplace: () => void
  onRemove: () => void
}): ReactNode {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-lg border border-line bg-raised p-4">
      <span
        aria-hidden
        className="grid size-10 shrink-0 place-items-center rounded-md bg-brand-soft text-brand"
      >
        <KeyRound size={20} strokeWidth={1.75} />
      </span>
      <div className="min-w-0 flex-1">
        <h2 className="font-semibold break-all">
          {title}
          <span className="ml-2 font-mono text-[13px] font-normal whitespace-nowrap text-ink-3">
            <span className="sr-only">ends in </span>
            <span aria-hidden>••••</span>
            {secret.lastFour}
          </span>
        </h2>
        {title === secret.name ? null : <p className="text-sm text-ink-3">{secret.name}</p>}
        {secret.usedBy.length === 0 ? (
          <p className="text-sm text-ink-3">No installed skill uses it.</p>
        ) : (
          secret.usedBy.map((use) => (
            <p key={use.slug} className="text-sm text-ink-2">
              {use.title} uses it for {joinList(use.hosts)}.
            </p>
          ))
        )}
      </div>
      <div className="flex gap-1.5">
        <Button size="small" aria-label={`Replace ${title}`} onPress={onReplace}>
          Replace
        </Button>
        <Button size="small" aria-label={`Remove ${title}`} onPress={onRemove}>
          Remove
        </Button>
      </div>
    </li>
  )
}
