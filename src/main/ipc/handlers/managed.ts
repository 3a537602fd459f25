import { readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { BrowserWindow, Dialog } from 'electron'
import { toDiskError } from '../../../engine/disk.ts'
import { readPolicyDocument, writePolicyDocument } from '../../../engine/policy/exported/policy-document.ts'
import type { ManagedPolicySource } from '../../../engine/policy/managed-policy.ts'
import type { WindowHandlers } from '../../../shared/contract/index.ts'
import { SkilletError } from '../../../shared/errors.ts'
import type { ManagedPolicy } from '../../../shared/managed-policy.ts'
import { parsePolicyText, problemsInWords } from '../../../shared/parse-managed-policy.ts'

type ManagedHandlers = Pick<
  WindowHandlers,
  'managed.get' | 'policy.check' | 'policy.import' | 'policy.export'
>

interface ManagedPorts {
  managed: ManagedPolicySource
  /** @throws SkilletError POLICY_INVALID */
  logoOf: (policy: ManagedPolicy) => string | null
  dialog: Pick<Dialog, 'showOpenDialog' | 'showSaveDialog'>
  window: () => BrowserWindow | null
  log: (line: string) => void
}

/** What administrators decided for this computer, and the editor with which they write it. */
export function managedHandlers({ managed, logoOf, dialog, window, log }: ManagedPorts): ManagedHandlers {
  const logoOrNone = (policy: ManagedPolicy) => {
    try {
      return logoOf(policy)
    } catch (error) {
      // A picture that is missing is no reason to let nobody work.
      log(error instanceof Error ? error.message : String(error))
      return null
    }
  }
  return {
    'managed.get': async () => {
      const policy = await managed.read()
      return policy === null ? null : { policy, logo: logoOrNone(policy) }
    },
    'policy.check': async ({ policy }) => {
      const parsed = parsePolicyText(JSON.stringify(policy))
      // A form has no lines.
      return parsed.ok ? [] : parsed.problems.map(({ key, message }) => ({ key, line: null, message }))
    },
    'policy.import': async () => {
      const options = {
        properties: ['openFile' as const],
        filters: [{ name: '.json, .mobileconfig, .reg', extensions: ['json', 'mobileconfig', 'reg'] }],
      }
      const owner = window()
      const { canceled, filePaths } = await (owner === null
        ? dialog.showOpenDialog(options)
        : dialog.showOpenDialog(owner, options))
      const [path] = filePaths
      if (canceled || path === undefined) return null
      const bytes = await readFile(path).catch((error: unknown) => {
        throw new SkilletError('NOT_FOUND', `${path} can't be read.`, { cause: error })
      })
      const parsed = readPolicyDocument(bytes)
      return {
        name: basename(path),
        policy: parsed.ok ? parsed.policy : null,
        problems: parsed.ok ? [] : [...parsed.problems],
      }
    },
    'policy.export': async ({ policy, form }) => {
      const parsed = parsePolicyText(JSON.stringify(policy))
      if (!parsed.ok)
        throw new SkilletError(
          'POLICY_INVALID',
          `This is no policy yet: ${problemsInWords(parsed.problems)}.`,
          {
            remedy: 'Correct what is named, then export it.',
          },
        )
      const options = { defaultPath: form === 'json' ? 'policy.json' : `skillet.${form}` }
      const owner = window()
      const { canceled, filePath } = await (owner === null
        ? dialog.showSaveDialog(options)
        : dialog.showSaveDialog(owner, options))
      if (canceled || filePath === '') return null
      try {
        // 0644: a policy that its readers can't read stops everything on their computers.
        await writeFile(filePath, writePolicyDocument(parsed.policy, form), { mode: 0o644 })
      } catch (error) {
        throw toDiskError(error)
      }
      return { path: filePath }
    },
  }
}
