import { lstat } from 'node:fs/promises'
import { extname } from 'node:path'
import type { WindowHandlers } from '../../shared/contract/index.ts'
import { SkilletError } from '../../shared/errors.ts'
import type { Receipt } from '../../shared/receipt.ts'

/** What opens in its own program. Everything else, programs and links above all, is only shown in its folder. */
const documents = new Set(
  'pdf txt md csv tsv json png jpg jpeg gif webp docx xlsx pptx odt ods odp'.split(' '),
)

/** What can run scripts and go online where it is opened: shown by ourselves, without either. */
const pages = new Set(['html', 'htm', 'svg'])

interface FilesPorts {
  /** Shows a page without script and without network. */
  showPage: (path: string) => Promise<void>
  open: (path: string) => Promise<string>
  reveal: (path: string) => void
}

export interface Files {
  readonly handlers: Pick<WindowHandlers, 'file.show'>
  /** From now on these may be shown: the files of a receipt, or the folder of a repair. */
  remember(receipt: Pick<Receipt, 'read' | 'written'>): void
}

/** Shows files that a finished run of this session wrote or read, and no others. */
export function createFiles(ports: FilesPorts): Files {
  const known = new Set<string>()
  return {
    remember(receipt) {
      for (const path of [...receipt.written, ...receipt.read]) known.add(path)
    },
    handlers: {
      'file.show': async ({ path, how }) => {
        if (!known.has(path))
          throw new SkilletError(
            'PERMISSION_DENIED',
            'Skillet shows only files that a skill has just used.',
            {
              remedy: 'Run the skill again, or open the file in your file manager.',
            },
          )
        const found = await lstat(path).catch((cause: unknown) => {
          throw new SkilletError('NOT_FOUND', 'The file is no longer there.', { cause })
        })
        if (how === 'reveal') {
          ports.reveal(path)
          return null
        }
        // A link or a program that calls itself a document would be started, not shown.
        const kind = extname(path).slice(1).toLowerCase()
        const isDocument = found.isFile() && (documents.has(kind) || pages.has(kind))
        const isExecutable = process.platform !== 'win32' && (found.mode & 0o111) !== 0
        if (!isDocument || isExecutable)
          throw new SkilletError('PERMISSION_DENIED', 'Skillet opens only documents.', {
            remedy: 'Show the file in its folder and decide there.',
          })
        if (pages.has(kind)) {
          await ports.showPage(path)
          return null
        }
        const problem = await ports.open(path)
        if (problem !== '')
          throw new SkilletError('NOT_FOUND', 'No program on this computer opens this kind of file.', {
            remedy: 'Show it in its folder instead.',
            cause: problem,
          })
        return null
      },
    },
  }
}
