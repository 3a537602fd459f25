import type { ReactNode } from 'react'
import Markdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { t } from '../../../shared/i18n/t.ts'

/**
 * A skill's own description. It is somebody else's text: no link in it can be followed and no picture is loaded,
 * addresses are shown in full beside their words.
 */
export function Readme({ text }: { text: string }): ReactNode {
  if (text.trim() === '') return <p className="text-ink-2">{t('Its maker wrote no description.')}</p>
  return (
    // In its maker's language, whatever the window's is.
    <div dir="auto" className="max-w-2xl rounded-lg border border-line bg-raised px-6 py-5">
      <Markdown remarkPlugins={[remarkGfm]} components={parts}>
        {text}
      </Markdown>
    </div>
  )
}

const heading = 'mt-6 mb-2 text-lg font-semibold first:mt-0'

const parts: Components = {
  h1: ({ children }) => <h2 className={heading}>{children}</h2>,
  h2: ({ children }) => <h3 className={heading}>{children}</h3>,
  h3: ({ children }) => <h4 className="mt-4 mb-1 font-semibold">{children}</h4>,
  h4: ({ children }) => <h5 className="mt-4 mb-1 font-semibold">{children}</h5>,
  h5: ({ children }) => <h6 className="mt-4 mb-1 font-semibold">{children}</h6>,
  h6: ({ children }) => <h6 className="mt-4 mb-1 font-semibold">{children}</h6>,
  p: ({ children }) => <p className="my-2.5 leading-[22px] first:mt-0 last:mb-0">{children}</p>,
  ul: ({ children }) => <ul className="my-2.5 list-disc space-y-1 ps-5 marker:text-ink-3">{children}</ul>,
  ol: ({ children }) => <ol className="my-2.5 list-decimal space-y-1 ps-5 marker:text-ink-3">{children}</ol>,
  li: ({ className, children }) => (
    <li className={className === 'task-list-item' ? '-ms-5 list-none' : undefined}>{children}</li>
  ),
  blockquote: ({ children }) => (
    <blockquote className="my-3 border-s-2 border-line ps-4 text-ink-2">{children}</blockquote>
  ),
  code: ({ children }) => (
    <code className="rounded-sm bg-sunk px-1 py-px font-mono text-[13px] in-[pre]:bg-transparent in-[pre]:p-0">
      {children}
    </code>
  ),
  pre: ({ children }) => (
    <pre
      // A box that scrolls must be reachable by keyboard.
      tabIndex={0}
      className="my-3 overflow-x-auto rounded-sm bg-sunk p-3 font-mono text-[13px] leading-5"
    >
      {children}
    </pre>
  ),
  hr: () => <hr className="my-5 border-line" />,
  table: ({ children }) => (
    <div tabIndex={0} role="group" aria-label={t('Table')} className="my-3 overflow-x-auto">
      <table className="w-full border-collapse text-start">{children}</table>
    </div>
  ),
  th: ({ children }) => <th className="border-b border-edge/60 py-1.5 pe-4 font-semibold">{children}</th>,
  td: ({ children }) => <td className="border-b border-line py-1.5 pe-4 align-top">{children}</td>,
  a: ({ href, children }) => <Address href={href}>{children}</Address>,
  img: ({ alt }) => (
    <span className="text-ink-3">
      {alt ? t('[Picture not shown: {{alt}}]', { alt }) : t('[Picture not shown]')}
    </span>
  ),
  input: ({ checked }) => <span>{checked === true ? '☑ ' : '☐ '}</span>,
}

function Address({ href, children }: { href: string | undefined; children: ReactNode }): ReactNode {
  if (href === undefined || href === '' || href.startsWith('#')) return <span>{children}</span>
  return (
    <span>
      {children}
      {children === href ? null : <span className="break-all text-ink-3 select-text"> ({href})</span>}
    </span>
  )
}
