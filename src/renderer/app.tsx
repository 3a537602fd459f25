import { QueryClientProvider, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import { I18nProvider } from 'react-aria-components'
import type { SkilletBridge } from '../shared/contract/index.ts'
import { BridgeProvider } from './bridge.ts'
import { AgentAsks } from './features/agent-access/agent-asks.tsx'
import { DropZone } from './features/bundle/drop-zone.tsx'
import { OpenedBundles } from './features/bundle/opened-bundles.ts'
import { ChainSessionsProvider, createChainSessions } from './features/chains/chain-sessions.ts'
import { DiscoverPage } from './features/discover/discover-page.tsx'
import { startingFilter, type Filter } from './features/discover/filter.ts'
import { InstallProvider } from './features/install/install-provider.tsx'
import { ReportProvider } from './features/report/report-provider.tsx'
import { createRunSessions, RunSessionsProvider, useRunningCount } from './features/run/run-sessions.ts'
import { OnHoldBanner } from './features/on-hold/on-hold-banner.tsx'
import { useLanguage } from './language.ts'
import { lateParts } from './late-parts.ts'
import { useAppearance } from './features/shell/appearance.ts'
import { useShortcuts } from './features/shell/shortcuts.ts'
import { UpdateNotice } from './features/shell/update-notice.tsx'
import { Sidebar } from './features/shell/sidebar.tsx'
import { TrustBanner } from './features/authority/trust-banner.tsx'
import { useBranding } from './features/managed/branding.ts'
import { PreinstallBanner } from './features/managed/preinstall-banner.tsx'
import { SettledUpdates } from './features/updates/settled-updates.ts'
import { createUpdateSessions, UpdateSessionsProvider } from './features/updates/update-sessions.ts'
import { WithdrawnBanner } from './features/withdrawn/withdrawn-banner.tsx'
import { useNews } from './news.ts'
import { createQueryClient, refresh, staleAfter } from './query.ts'
import { hrefs, navigate, parseRoute, useHash, type Route } from './route.ts'
import { AnnounceProvider } from './ui/announce.tsx'
import { PageBoundary } from './ui/page-boundary.tsx'
import { NoticeProvider } from './ui/toast.tsx'

/** The whole window. Everything it knows comes through `bridge`. */
export function App({ bridge }: { bridge: SkilletBridge }): ReactNode {
  const [client] = useState(createQueryClient)
  const [sessions] = useState(() => createRunSessions(bridge))
  const [chains] = useState(() => createChainSessions(bridge))
  const [updates] = useState(() => createUpdateSessions(bridge))
  useEffect(() => sessions.listen(() => void refresh(client, staleAfter.run)), [sessions, client])
  useEffect(() => chains.listen(() => void refresh(client, staleAfter.chain)), [chains, client])
  const { language, locale } = useLanguage()
  return (
    <I18nProvider locale={locale}>
      <QueryClientProvider client={client}>
        <BridgeProvider value={bridge}>
          {/* A dialog that breaks stands above every page. */}
          <PageBoundary isWhole>
            <RunSessionsProvider value={sessions}>
              <ChainSessionsProvider value={chains}>
                {/* What was said in another language is said again. */}
                <AnnounceProvider key={language}>
                  <NoticeProvider>
                    <InstallProvider>
                      <UpdateSessionsProvider value={updates}>
                        <ReportProvider>
                          <Shell bridge={bridge} />
                        </ReportProvider>
                        <OpenedBundles />
                        <AgentAsks />
                        <SettledUpdates />
                        <DropZone />
                      </UpdateSessionsProvider>
                    </InstallProvider>
                  </NoticeProvider>
                </AnnounceProvider>
              </ChainSessionsProvider>
            </RunSessionsProvider>
          </PageBoundary>
        </BridgeProvider>
      </QueryClientProvider>
    </I18nProvider>
  )
}

function Shell({ bridge }: { bridge: SkilletBridge }): ReactNode {
  const hash = useHash()
  const route = parseRoute(hash)
  const [filter, setFilter] = useState<Filter>(startingFilter)
  const [searchTurn, setSearchTurn] = useState(0)
  const content = useScrollMemory(hash)
  const ready = useReady(bridge)
  useAppearance()
  useBranding()
  useNews()
  const client = useQueryClient()
  const startAgain = () => {
    setFilter(startingFilter)
    // What broke the page may be what it had loaded.
    void client.resetQueries()
  }
  const search = useCallback(() => {
    navigate(hrefs.discover)
    setSearchTurn((turn) => turn + 1)
  }, [])
  useShortcuts(bridge.platform, route, search)
  return (
    <div className="flex h-full">
      <Sidebar page={route.page} runningCount={useRunningCount()} />
      <div className="flex min-w-0 flex-1 flex-col">
        <WithdrawnBanner route={route} />
        <OnHoldBanner route={route} />
        <TrustBanner />
        <PreinstallBanner />
        <UpdateNotice page={route.page} />
        <main ref={content} className="min-h-0 flex-1 overflow-y-auto">
          <PageBoundary key={hash} onBroken={ready} onStartAgain={startAgain}>
            {route.page === 'discover' ? (
              <DiscoverPage filter={filter} onFilter={setFilter} searchTurn={searchTurn} onDrawn={ready} />
            ) : (
              <OtherPage route={route} onDrawn={ready} />
            )}
          </PageBoundary>
        </main>
      </div>
    </div>
  )
}

function OtherPage({ route, onDrawn }: { route: Route; onDrawn: () => void }): ReactNode {
  switch (route.page) {
    case 'library':
      return <lateParts.LibraryPage onShown={onDrawn} />
    case 'trash':
      return <lateParts.TrashPage onShown={onDrawn} />
    case 'chains':
      return <lateParts.ChainsPage onShown={onDrawn} />
    case 'chain':
      return <lateParts.ChainPage id={route.id} onShown={onDrawn} />
    case 'permissions':
      return <lateParts.PermissionsPage slug={route.skill} onShown={onDrawn} />
    case 'activity':
      return <lateParts.ActivityPage onShown={onDrawn} />
    case 'entry':
      return <lateParts.EntryPage seq={route.seq} onShown={onDrawn} />
    case 'keys':
      return <lateParts.KeysPage onShown={onDrawn} />
    case 'agents':
      return <lateParts.AgentsPage onShown={onDrawn} />
    case 'check-skills':
      return <lateParts.CheckPage onShown={onDrawn} />
    case 'settings':
      return <lateParts.SettingsPage onShown={onDrawn} />
    case 'policy-editor':
      return <lateParts.PolicyEditorPage onShown={onDrawn} />
    case 'skill':
      return (
        <lateParts.SkillPage
          slug={route.slug}
          firstTab={route.tab}
          insteadOf={route.insteadOf}
          onShown={onDrawn}
        />
      )
    case 'run':
      return <lateParts.RunPage slug={route.slug} onShown={onDrawn} />
    case 'discover':
      return null
  }
}

/** Tells main once that the first real content is on the screen. */
function useReady(bridge: SkilletBridge): () => void {
  const told = useRef(false)
  return useCallback(() => {
    if (told.current) return
    told.current = true
    // Two frames: one to lay the content out, one after it was painted.
    requestAnimationFrame(() => requestAnimationFrame(() => void bridge.calls['app.ready'](null)))
  }, [bridge])
}

/** Each address opens where it was left in this window. */
function useScrollMemory(hash: string): (element: HTMLElement | null) => void {
  const element = useRef<HTMLElement | null>(null)
  const places = useRef(new Map<string, number>())
  useLayoutEffect(() => {
    const remembered = places.current
    const scrolled = element.current
    if (scrolled === null) return undefined
    scrolled.scrollTop = remembered.get(hash) ?? 0
    const remember = () => remembered.set(hash, scrolled.scrollTop)
    scrolled.addEventListener('scroll', remember, { passive: true })
    return () => scrolled.removeEventListener('scroll', remember)
  }, [hash])
  return useCallback((found) => {
    element.current = found
  }, [])
}
