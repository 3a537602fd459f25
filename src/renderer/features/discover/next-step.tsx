import { useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { SkillSummary } from '../../../shared/contract/skills.ts'
import { ask, useBridge } from '../../bridge.ts'
import { hrefs, navigate } from '../../route.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { useInstall } from '../install/install-provider.tsx'
import { verdictOf } from './verdict.ts'

/** The button that goes with a skill's verdict: Install, Update, Run or Alternative. */
export function NextStepButton({
  skill,
  look = 'plain',
}: {
  skill: SkillSummary
  look?: 'plain' | 'primary'
}): ReactNode {
  const install = useInstall()
  switch (verdictOf(skill).next) {
    case 'run':
      return (
        <LinkButton look={look} href={hrefs.run(skill.slug)} aria-label={`Run ${skill.title}`}>
          Run
        </LinkButton>
      )
    case 'install':
      return (
        <Button look={look} aria-label={`Install ${skill.title}`} onPress={() => install(skill)}>
          Install
        </Button>
      )
    case 'update':
      return (
        <Button look={look} aria-label={`Update ${skill.title}`} onPress={() => install(skill)}>
          Update
        </Button>
      )
    case 'alternative':
      return <AlternativeButton skill={skill} />
  }
}

function AlternativeButton({ skill }: { skill: SkillSummary }): ReactNode {
  const bridge = useBridge()
  const client = useQueryClient()
  const [looking, setLooking] = useState(false)
  const look = async () => {
    setLooking(true)
    const own = hrefs.skill(skill.slug, { tab: 'computer' })
    const detail = await client
      .fetchQuery({
        queryKey: ['catalog.show', { slug: skill.slug }],
        queryFn: () => ask(bridge, 'catalog.show', { slug: skill.slug }),
      })
      // The skill's own page loads the same and says what is wrong.
      .catch(() => null)
    setLooking(false)
    navigate(detail?.alternative ? hrefs.skill(detail.alternative.slug, { insteadOf: skill.title }) : own)
  }
  return (
    <Button isPending={looking} aria-label={`Alternative to ${skill.title}`} onPress={() => void look()}>
      Alternative
    </Button>
  )
}
