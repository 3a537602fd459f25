import { CircleCheck, CircleX } from 'lucide-react'
import type { ReactNode } from 'react'
import { say } from '../../../shared/i18n/say.ts'
import { t } from '../../../shared/i18n/t.ts'
import type { Fit, SkillSummary } from '../../../shared/contract/skills.ts'
import { hrefs } from '../../route.ts'
import { LinkButton } from '../../ui/button.tsx'

/** What the skill needs, held against what this computer has. */
export function ThisComputer({
  fit,
  alternative,
  title,
}: {
  fit: Fit
  alternative: SkillSummary | null
  title: string
}): ReactNode {
  return (
    <div className="flex max-w-2xl flex-col gap-4">
      <p className={fit.ok ? 'text-ink-2' : 'font-medium text-warn'}>
        {fit.ok
          ? fit.lines.length === 0
            ? t('{{title}} runs on any computer.', { title })
            : t('This computer has everything that {{title}} needs.', { title })
          : t('{{title}} can’t run on this computer. Here is what is missing.', { title })}
      </p>
      {fit.lines.length === 0 ? null : (
        <div className="overflow-hidden rounded-lg border border-line bg-raised">
          <table className="w-full text-start">
            <thead className="border-b border-line bg-sunk text-sm text-ink-3">
              <tr>
                <th scope="col" className="px-4 py-2 font-medium">
                  {t('What')}
                </th>
                <th scope="col" className="px-4 py-2 font-medium">
                  {t('It needs')}
                </th>
                <th scope="col" className="px-4 py-2 font-medium">
                  {t('This computer has')}
                </th>
                <th scope="col" className="px-4 py-2 font-medium">
                  {t('Result')}
                </th>
              </tr>
            </thead>
            <tbody className="divide-y divide-line tabular-nums">
              {fit.lines.map((line) => (
                <tr key={line.label}>
                  <th scope="row" className="px-4 py-2.5 font-medium">
                    {say(line.label)}
                  </th>
                  <td className="px-4 py-2.5">{say(line.required)}</td>
                  <td className="px-4 py-2.5">{say(line.found)}</td>
                  <td className={`px-4 py-2.5 font-medium ${line.ok ? 'text-ok' : 'text-warn'}`}>
                    <span className="flex items-center gap-1.5 whitespace-nowrap">
                      {line.ok ? (
                        <CircleCheck aria-hidden size={18} strokeWidth={1.75} />
                      ) : (
                        <CircleX aria-hidden size={18} strokeWidth={1.75} />
                      )}
                      {line.ok ? t('Fits') : t('Not enough')}
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {fit.ok ? null : alternative === null ? (
        <p className="text-ink-2">{t('No other skill in the catalog does the same on this computer.')}</p>
      ) : (
        <div className="flex items-center justify-between gap-4 rounded-lg border border-line bg-raised p-4">
          <div>
            <p className="font-semibold">{t('{{title}} fits this computer', { title: alternative.title })}</p>
            <p className="mt-0.5 text-ink-2">
              <bdi>{alternative.summary}</bdi>
            </p>
          </div>
          <LinkButton look="primary" href={hrefs.skill(alternative.slug, { insteadOf: title })}>
            {t('Look at it')}
          </LinkButton>
        </div>
      )}
    </div>
  )
}
