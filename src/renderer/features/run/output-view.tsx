import { ArrowDown } from 'lucide-react'
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { layOutJson } from './json-layout.ts'
import type { Session } from './run-sessions.ts'

/** What the skill says, as it says it. Follows the end until the person scrolls up. */
export function OutputView({ session }: { session: Session }): ReactNode {
  const box = useRef<HTMLDivElement>(null)
  const [following, setFollowing] = useState(true)
  const json = session.result === null ? null : layOutJson(session.result.stdout)
  const whole = session.result?.stdout ?? session.chunks.map((chunk) => chunk.text).join('')
  const empty = session.chunks.every((chunk) => chunk.text === '') && whole === '' && !session.result?.stderr
  useLayoutEffect(() => {
    const element = box.current
    // A finished document is read from its beginning.
    if (element !== null && following) element.scrollTop = json === null ? element.scrollHeight : 0
  }, [session.chunks, following, json])
  return (
    <section
      aria-label={t('Output')}
      className="relative flex h-[max(288px,min(720px,calc(100vh-190px)))] flex-col overflow-hidden rounded-lg border border-line bg-raised"
    >
      <div className="flex min-h-11 items-center justify-between border-b border-line pe-2 ps-4">
        <h2 className="font-semibold">{t('Output')}</h2>
        <CopyButton text={whole} label={t('Copy output')} isDisabled={whole === ''} />
      </div>
      <div
        ref={box}
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={t('Text of the output')}
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget
          setFollowing(scrollHeight - scrollTop - clientHeight < 24)
        }}
        className="min-h-0 flex-1 overflow-auto p-4 font-mono text-[13px] leading-5 outline-offset-[-2px] select-text"
      >
        {empty ? (
          <p className="font-sans text-base text-ink-3">
            {session.state === 'running'
              ? t('Nothing yet. Output appears here.')
              : t('The skill said nothing.')}
          </p>
        ) : (
          <Body session={session} json={json} />
        )}
      </div>
      {following || session.state !== 'running' ? null : (
        <div className="absolute end-4 bottom-4">
          <Button size="small" onPress={() => setFollowing(true)}>
            <ArrowDown size={16} strokeWidth={1.75} aria-hidden /> {t('Newest')}
          </Button>
        </div>
      )}
    </section>
  )
}

function Body({ session, json }: { session: Session; json: string | null }): ReactNode {
  const said = session.result?.stderr ?? ''
  if (json !== null)
    return (
      <>
        <pre className="whitespace-pre-wrap break-words">{json}</pre>
        {said === '' ? null : (
          <pre className="mt-3 border-t border-line pt-3 break-words whitespace-pre-wrap text-ink-3">
            {said}
          </pre>
        )}
      </>
    )
  // A run that ended before its output was heard still has it in its result.
  const chunks =
    session.chunks.length > 0 || session.result === null
      ? session.chunks
      : [
          { stream: 'stdout' as const, text: session.result.stdout },
          { stream: 'stderr' as const, text: session.result.stderr },
        ]
  return (
    <>
      {session.trimmed ? (
        <p className="mb-2 font-sans text-base text-ink-3">
          {t('Earlier output is not shown here. Copy takes all of it once the run has ended.')}
        </p>
      ) : null}
      <pre className="w-max min-w-full">
        {chunks.map((chunk, index) => (
          <span key={index} className={chunk.stream === 'stderr' ? 'text-ink-3' : undefined}>
            {chunk.text}
          </span>
        ))}
      </pre>
    </>
  )
}
