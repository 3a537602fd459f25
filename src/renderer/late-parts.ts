import { late } from './late.tsx'

/** Everything that isn't on the window's first page, the likely next ones first. */
export const lateParts = {
  SkillPage: late(async () => (await import('./features/skill/skill-page.tsx')).SkillPage),
  LibraryPage: late(async () => (await import('./features/library/library-page.tsx')).LibraryPage),
  InstallDialog: late(async () => (await import('./features/install/install-dialog.tsx')).InstallDialog),
  RunPage: late(async () => (await import('./features/run/run-page.tsx')).RunPage),
  ChainsPage: late(async () => (await import('./features/chains/chains-page.tsx')).ChainsPage),
  ChainPage: late(async () => (await import('./features/chains/chain-page.tsx')).ChainPage),
  PermissionsPage: late(
    async () => (await import('./features/permissions/permissions-page.tsx')).PermissionsPage,
  ),
  ActivityPage: late(async () => (await import('./features/activity/activity-page.tsx')).ActivityPage),
  EntryPage: late(async () => (await import('./features/activity/entry-page.tsx')).EntryPage),
  KeysPage: late(async () => (await import('./features/keys/keys-page.tsx')).KeysPage),
  AgentsPage: late(async () => (await import('./features/agents/agents-page.tsx')).AgentsPage),
  CheckPage: late(async () => (await import('./features/agents/check-page.tsx')).CheckPage),
  SettingsPage: late(async () => (await import('./features/settings/settings-page.tsx')).SettingsPage),
  TrashPage: late(async () => (await import('./features/trash/trash-page.tsx')).TrashPage),
  PolicyEditorPage: late(
    async () => (await import('./features/policy-editor/policy-editor-page.tsx')).PolicyEditorPage,
  ),
  PairingDialog: late(async () => (await import('./features/agent-access/pairing-dialog.tsx')).PairingDialog),
  RequestDialog: late(async () => (await import('./features/agent-access/request-dialog.tsx')).RequestDialog),
  ReportDialog: late(async () => (await import('./features/report/report-dialog.tsx')).ReportDialog),
}
