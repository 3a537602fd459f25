import { rm } from 'node:fs/promises'
import {
  catalogPath,
  revocationsPath,
  signingKeysPath,
  type PublishKeys,
  type Revocations,
} from '../../shared/signed-targets.ts'
import { formatCatalog } from '../catalog-format.ts'
import type { Commit } from './commit.ts'
import type { TufFiles } from './files.ts'
import { keyFolders, openKey, rootKeyNames } from './keys.ts'
import { seal, targetEntry, toTufTime, type TargetInfo, type TargetsContent } from './metadata.ts'
import { binNames, releasesContent, rootContent, targetsDelegations, type Lifetimes } from './roles.ts'

/** A new repository with nothing in it. Keys that an earlier attempt left are used. */
export async function makeRepository(ports: {
  dataDir: string
  files: TufFiles
  lifetimes: Lifetimes
  now: () => Date
  commit: Commit
  writeTarget: (path: string, bytes: Uint8Array) => Promise<TargetInfo>
  publishKeys: () => Promise<PublishKeys>
}): Promise<void> {
  const { dataDir, files, lifetimes, now, commit, writeTarget } = ports
  // Without a timestamp nobody has ever read anything of it.
  await rm(files.metadataFolder, { recursive: true, force: true })
  const { online, offline } = keyFolders(dataDir)
  const [timestamp, snapshot, registry, releases, targets, ...root] = await Promise.all([
    openKey(online, 'timestamp'),
    openKey(online, 'snapshot'),
    openKey(online, 'registry'),
    openKey(online, 'releases'),
    openKey(offline, 'targets'),
    ...rootKeyNames.map((name) => openKey(offline, name)),
  ])
  const list = async (path: string, value: unknown) =>
    [
      path,
      targetEntry(await writeTarget(path, new Uint8Array(Buffer.from(`${JSON.stringify(value)}\n`)))),
    ] as const
  const none: Revocations = { schema: 1, revocations: [] }
  const [keys, revocations, catalog] = [
    await list(signingKeysPath, await ports.publishKeys()),
    await list(revocationsPath, none),
    [catalogPath, targetEntry(await writeTarget(catalogPath, formatCatalog([])))] as const,
  ]

  const expires = toTufTime(new Date(now().getTime() + lifetimes.root * 86_400_000))
  const signed = { ...rootContent({ root, targets, snapshot, timestamp }), version: 1, expires }
  await files.writeMetadata('1.root.json', seal(signed, root))
  const [firstBin, ...otherBins] = binNames
  await commit({
    roles: new Map<string, TargetsContent>([
      [
        'targets',
        { targets: Object.fromEntries([keys]), delegations: targetsDelegations({ registry, releases }) },
      ],
      [
        'registry',
        {
          targets: Object.fromEntries([catalog, revocations]),
          'x-through': { envelopes: 0, revocations: 0 },
        },
      ],
      ['releases', releasesContent(releases)],
      [firstBin!, { targets: {} }],
    ]),
    copies: { of: firstBin!, names: otherBins },
    signers: {
      targets: [targets],
      registry: [registry],
      releases: [releases],
      snapshot: [snapshot],
      timestamp: [timestamp],
    },
  })
}
