import { useQueryClient } from '@tanstack/react-query'
import { CircleCheck, RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { t } from '../../../shared/i18n/t.ts'
import type { Doctor } from '../../../shared/contract/overview.ts'
import { useCall, useChange } from '../../query.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Facts } from '../../ui/facts.tsx'
import { formatMemory } from '../../ui/format.ts'
import { Page, Section } from '../../ui/page.tsx'
import { ProblemNote } from '../../ui/problem-note.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { LanguageSection } from './language-section.tsx'
import { LimitsSection } from './limits-section.tsx'
import { ProgramSection } from './program-section.tsx'
import { SandboxSection } from './sandbox-section.tsx'
import { UpdatesSection } from './updates-section.tsx'
import type { Appearance } from '../shell/appearance.ts'
import { useProgramName } from '../managed/managed.ts'
import { ManagedSection } from '../managed/managed-section.tsx'
import { TrustSection } from '../authority/trust-section.tsx'
import { TelemetrySection } from '../telemetry/telemetry-section.tsx'

/** Appearance, limits for all skills, the sandbox, this computer, whose word it takes, and the version. */
export function SettingsPage(): ReactNode {
  return (
    <Page title={t('Settings')}>
      <div className="flex max-w-3xl flex-col gap-4">
        <AppearanceSection />
        <LanguageSection />
        <LimitsSection />
        <SandboxSection />
        <ComputerSection />
        <TrustSection />
        <TelemetrySection />
        <ManagedSection />
        <UpdatesSection />
        <ProgramSection />
        <AboutSection />
      </div>
    </Page>
  )
}

function AppearanceSection(): ReactNode {
  const client = useQueryClient()
  const chosen = useCall('appearance.get', null, { staleTimeMs: Infinity })
  const set = useChange('appearance.set')
  const choose = (appearance: Appearance) =>
    set.mutate(appearance, {
      onSuccess: () => client.setQueryData(['appearance.get', null], appearance),
    })
  return (
    <Section
      title={t('Appearance')}
      aside={
        <Segmented<Appearance>
          label={t('Appearance')}
          value={chosen.data ?? null}
          onChange={choose}
          choices={[
            { id: 'system', label: t('Like this computer') },
            { id: 'light', label: t('Light') },
            { id: 'dark', label: t('Dark') },
          ]}
        />
      }
      className="[&>div:first-child]:mb-0"
    >
      {chosen.isError || set.isError ? <ErrorNote error={set.error ?? chosen.error} /> : null}
    </Section>
  )
}

function ComputerSection(): ReactNode {
  const doctor = useCall('doctor.run', null, { staleTimeMs: 60_000 })
  return (
    <Section
      title={t('This computer')}
      aside={
        <Button size="small" isPending={doctor.isFetching} onPress={() => void doctor.refetch()}>
          <RotateCw size={16} strokeWidth={1.75} aria-hidden /> {t('Check again')}
        </Button>
      }
    >
      {doctor.isError ? (
        <ErrorNote error={doctor.error} />
      ) : doctor.isPending ? (
        <SkeletonRows count={2} label={t('Looking at this computer')} />
      ) : (
        <ComputerFacts doctor={doctor.data} />
      )}
    </Section>
  )
}

function ComputerFacts({ doctor }: { doctor: Doctor }): ReactNode {
  const { hardware, keyPlace, agents } = doctor
  return (
    <div className="flex flex-col gap-4">
      {keyPlace.usable || keyPlace.locked ? null : (
        <ProblemNote
          problem={keyPlace.problem ?? t('The keychain can’t be reached, so no key can be kept.')}
          fix={keyPlace.fix}
        />
      )}
      <Facts
        facts={[
          [t('System'), hardware.osName],
          [t('Processor'), t('{{cpu}}, {{count}} cores', { cpu: hardware.cpu, count: hardware.cores })],
          [t('Memory'), formatMemory(hardware.memoryMb)],
          [t('Free disk space'), formatMemory(hardware.diskFreeMb)],
          [
            t('Graphics'),
            hardware.gpus.length === 0
              ? t('None found')
              : hardware.gpus
                  .map((gpu) => (gpu.vramMb === null ? gpu.name : `${gpu.name}, ${formatMemory(gpu.vramMb)}`))
                  .join(' · '),
          ],
          [
            t('Keys are kept in'),
            keyPlace.usable ? (
              <Good key="keys">{placeNames()[keyPlace.kind]}</Good>
            ) : keyPlace.locked ? (
              t('{{place}} (locked now)', { place: placeNames()[keyPlace.kind] })
            ) : (
              t('Not available')
            ),
          ],
          [
            t('AI agents found'),
            agents.length === 0 ? t('None') : agents.map((agent) => agent.name).join(', '),
          ],
        ]}
      />
    </div>
  )
}

const placeNames = (): Record<Doctor['keyPlace']['kind'], string> => ({
  keychain: t('This computer’s keychain'),
  vault: t('A file that your passphrase protects'),
  session: t('Memory, until you close Skillet'),
})

function AboutSection(): ReactNode {
  const info = useCall('app.info', null, { staleTimeMs: Infinity })
  const name = useProgramName()
  return (
    <Section title={t('About {{name}}', { name })}>
      {info.isError ? (
        <ErrorNote error={info.error} onRetry={() => void info.refetch()} />
      ) : info.isPending ? (
        <SkeletonRows count={2} label={t('Loading')} />
      ) : (
        <Facts
          facts={[
            // Whatever an organisation calls it, this is what it is.
            [t('Version'), `Skillet ${info.data.version}`],
            [
              t('Skillet’s folder'),
              <bdi key="folder" dir="ltr">
                {info.data.home}
              </bdi>,
            ],
          ]}
        />
      )}
    </Section>
  )
}

function Good({ children }: { children: ReactNode }): ReactNode {
  return (
    <span className="flex items-center gap-1.5 text-ok">
      <CircleCheck aria-hidden size={16} strokeWidth={1.75} />
      {children}
    </span>
  )
}
