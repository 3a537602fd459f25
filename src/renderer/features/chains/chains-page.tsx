import { Ellipsis, Trash2, Workflow } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Link } from 'react-aria-components'
import { say } from '../../../shared/i18n/say.ts'
import { t } from '../../../shared/i18n/t.ts'
import type { Chain } from '../../../shared/contract/chains.ts'
import { failureNotice } from '../../act.ts'
import { ask, useBridge } from '../../bridge.ts'
import { useCall } from '../../query.ts'
import { hrefs } from '../../route.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, LinkButton } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { ActionMenu } from '../../ui/menu.tsx'
import { Page } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { useNotice } from '../../ui/toast.tsx'
import { useAddChain, useRemoveChain } from './add-chain.ts'
import { useChainSession } from './chain-sessions.ts'
import { notReadyWords } from './chain-words.ts'
import { StepRow } from './step-row.tsx'

/** Skills that run one after the other, each going on with what the one before it made. */
export function ChainsPage(): ReactNode {
  const chains = useCall('chain.list', null)
  return (
    <Page
      title={t('Chains')}
      subtitle={t('Run several skills in a row: each goes on with what the one before it made.')}
      actions={<AddChain />}
    >
      {chains.isError ? (
        <ErrorNote error={chains.error} onRetry={() => void chains.refetch()} />
      ) : chains.isPending ? (
        <SkeletonRows count={2} label={t('Loading your chains')} />
      ) : chains.data.length === 0 ? (
        <Empty icon={Workflow} title={t('Your chains will be here')}>
          {t(
            'A chain is a file that names skills and what goes from one to the next. Choose one, or drop it onto the window.',
          )}
        </Empty>
      ) : (
        <ul aria-label={t('Chains')} className="flex flex-col gap-2.5">
          {chains.data.map((chain) => (
            <ChainRow key={chain.id} chain={chain} />
          ))}
        </ul>
      )}
    </Page>
  )
}

function AddChain(): ReactNode {
  const bridge = useBridge()
  const notify = useNotice()
  const add = useAddChain()
  const [choosing, setChoosing] = useState(false)
  const choose = async () => {
    setChoosing(true)
    try {
      const title = t('Choose a chain’s .toml file')
      const path = await ask(bridge, 'dialog.choose', { kind: 'file', title, extensions: ['toml'] })
      if (path !== null) await add(path)
    } catch (error) {
      notify(failureNotice(error))
    }
    setChoosing(false)
  }
  return (
    <Button isPending={choosing} onPress={() => void choose()}>
      {t('Add a chain…')}
    </Button>
  )
}

function ChainRow({ chain }: { chain: Chain }): ReactNode {
  const { id, title, summary, steps, problem } = chain
  const remove = useRemoveChain()
  const session = useChainSession(id)
  const running = session?.checking === true || session?.run?.state === 'running'
  const waiting = notReadyWords(chain)
  return (
    <li className="flex flex-col gap-3 rounded-lg border border-line bg-raised p-4">
      <div className="flex items-start gap-4">
        <span
          aria-hidden
          className="grid size-10 shrink-0 place-items-center rounded-md bg-brand-soft text-brand"
        >
          <Workflow size={20} strokeWidth={1.75} />
        </span>
        <div className="min-w-0 flex-1">
          <h2 className="flex min-w-0 items-center gap-2.5 font-semibold">
            <Link href={hrefs.chain(id)} className="truncate rounded-sm data-hovered:underline">
              {title}
            </Link>
            {running ? (
              <Badge tone="ok">{t('Running now')}</Badge>
            ) : problem !== null ? (
              <Badge tone="bad">{t('Can’t be read')}</Badge>
            ) : chain.builtIn ? (
              <Badge tone="neutral">{t('Comes with Skillet')}</Badge>
            ) : null}
          </h2>
          <p className="text-ink-2">
            {problem === null ? summary : `${say(problem.message)} ${say(problem.remedy)}`}
          </p>
        </div>
        <div className="flex shrink-0 items-center gap-1.5">
          {problem !== null ? null : (
            <LinkButton href={hrefs.chain(id)} aria-label={t('Open {{title}}', { title })}>
              {t('Open')}
            </LinkButton>
          )}
          {chain.builtIn ? null : (
            <ActionMenu
              label={t('More about {{title}}', { title })}
              trigger={<Ellipsis size={18} strokeWidth={1.75} aria-hidden />}
              actions={[
                {
                  label: t('Remove'),
                  icon: <Trash2 size={18} strokeWidth={1.75} aria-hidden />,
                  run: () => void remove(chain),
                  danger: true,
                },
              ]}
            />
          )}
        </div>
      </div>
      {steps.length === 0 ? null : <StepRow steps={steps} label={t('Steps of {{title}}', { title })} />}
      {waiting === null ? null : <p className="text-sm text-ink-3">{waiting}</p>}
    </li>
  )
}
