import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { InstalledSkill } from '../../../shared/contract/library.ts'
import { useCall } from '../../query.ts'
import { hrefs } from '../../route.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { joinList } from '../../ui/format.ts'
import { useInstall } from '../install/install-provider.tsx'
import { useRemoval } from '../library/removal.ts'
import { useRollback } from '../library/rollback.ts'
import { rotateWords, saferWords, severityWords, withdrawnTitle } from './withdrawn-words.ts'

/** What happened to a withdrawn skill, what Skillet did, and what is left for the person to do. */
export function WithdrawnNote({ skill, id }: { skill: InstalledSkill; id?: string }): ReactNode {
  const install = useInstall()
  const remove = useRemoval()
  const rollback = useRollback()
  const { withdrawn } = skill
  const keys = useCall('secrets.list', null, { enabled: (withdrawn?.rotate.length ?? 0) > 0 })
  if (withdrawn === null) return null
  const { saferVersion } = withdrawn
  // What the person never gave it, it can't have leaked. Nobody knows while the keychain is locked.
  const stored = keys.data?.place.usable === true ? keys.data.secrets.map(({ name }) => name) : null
  const rotate = withdrawn.rotate.filter(({ name }) => stored?.includes(name) ?? !keys.isPending)
  return (
    <section
      id={id}
      aria-label={t('{{title}} was withdrawn', { title: skill.title })}
      className="flex gap-3 rounded-lg border border-line bg-bad-soft p-4"
    >
      <CircleAlert aria-hidden size={18} strokeWidth={1.75} className="mt-px shrink-0 text-bad" />
      <div className="min-w-0 flex-1 select-text">
        <p className="font-semibold text-bad">{withdrawnTitle(skill.version, withdrawn)}</p>
        <p className="mt-1 break-words">
          {withdrawn.reason} {severityWords(withdrawn.severity)}
        </p>
        <p className="mt-1">
          {t(
            'Skillet stopped it and moved it away from your skills, so it can’t run and no agent can use it.',
          )}
        </p>
        {rotate.length === 0 ? null : (
          <p className="mt-1">
            {rotateWords(joinList(rotate.map(({ title }) => title)), rotate.length === 1, stored !== null)}
          </p>
        )}
        <div className="mt-3 flex flex-wrap gap-2">
          {saferVersion === null ? null : (
            <Button
              look="primary"
              size="small"
              aria-label={`${saferWords(skill, saferVersion)}: ${skill.title}`}
              onPress={() => {
                // What lies on this disk needs neither a connection nor new answers.
                if (skill.kept.some(({ version }) => version === saferVersion))
                  void rollback(skill, saferVersion)
                else install({ slug: skill.slug, title: skill.title, version: saferVersion })
              }}
            >
              {saferWords(skill, saferVersion)}
            </Button>
          )}
          {rotate.length === 0 ? null : (
            <LinkButton size="small" href={hrefs.keys}>
              {t('Open Keys')}
            </LinkButton>
          )}
          <Button
            size="small"
            aria-label={t('Remove {{title}}', { title: skill.title })}
            onPress={() => void remove(skill)}
          >
            {t('Remove')}
          </Button>
        </div>
      </div>
    </section>
  )
}
