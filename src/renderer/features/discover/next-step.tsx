import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { SkillSummary } from '../../../shared/contract/skills.ts'
import { hrefs } from '../../route.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { useInstall } from '../install/install-provider.tsx'
import { UpdateButton } from '../updates/update-button.tsx'
import { useVerdict } from './verdict.ts'

/** The button that goes with a skill's verdict: Install, Update, Run or See why. */
export function NextStepButton({
  skill,
  look = 'plain',
}: {
  skill: SkillSummary
  look?: 'plain' | 'primary'
}): ReactNode {
  const install = useInstall()
  const { next } = useVerdict(skill)
  switch (next) {
    case 'run':
      return (
        <LinkButton
          look={look}
          href={hrefs.run(skill.slug)}
          aria-label={t('Run {{title}}', { title: skill.title })}
        >
          {t('Run')}
        </LinkButton>
      )
    case 'install':
      return (
        <Button
          look={look}
          aria-label={t('Install {{title}}', { title: skill.title })}
          onPress={() => install(skill)}
        >
          {t('Install')}
        </Button>
      )
    case 'update':
      return <UpdateButton skill={skill} to={skill.version} look={look} />
    case 'see-withdrawn':
      return (
        <LinkButton
          look={look}
          href={hrefs.skill(skill.slug)}
          aria-label={t('See why {{title}} was withdrawn', { title: skill.title })}
        >
          {t('See why')}
        </LinkButton>
      )
    case 'see-why':
      return (
        <LinkButton
          look={look}
          href={hrefs.skill(skill.slug, { tab: 'computer' })}
          aria-label={t('See why {{title}} doesn’t fit', { title: skill.title })}
        >
          {t('See why')}
        </LinkButton>
      )
  }
}
