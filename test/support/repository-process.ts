import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { keyFolders } from '../../src/registry/tuf/keys.ts'
import { createRepository } from '../../src/registry/tuf/repository.ts'
import { renewOffline, rotateRole, type RotatableRole } from '../../src/registry/tuf/rotate.ts'
import { writeWhole } from '../../src/registry/whole-file.ts'
import { catalogPath, releasePath, revocationsPath } from '../../src/shared/signed-targets.ts'
import { toPublishKeys } from '../../src/trust/publish-keys.ts'

/**
 * A process that works on a TUF repository and is killed (SIGKILL) at one of its writes, for tests:
 * `DATA_DIR OPERATION KILL_AT`. Each write counts twice: with half of it in a temporary file, and after it.
 * Left alone, it prints how many points there were.
 */
async function main(dataDir: string, operation: string, killAt: number): Promise<void> {
  let point = 0
  const here = async (before?: () => Promise<void>) => {
    if (++point !== killAt) return
    await before?.()
    process.kill(process.pid, 'SIGKILL')
    await new Promise(() => undefined)
  }
  const repository = await createRepository({
    dataDir,
    publishKeys: async () => toPublishKeys([new Uint8Array(32).fill(7)]),
    async write(path, content, mode) {
      await here(async () => {
        await mkdir(dirname(path), { recursive: true })
        const torn = await open(`${path}.0.tmp`, 'w')
        await torn.writeFile(content.subarray(0, content.length / 2))
        await torn.close()
      })
      await writeWhole(path, content, mode)
      await here()
    },
  })
  const write = (path: string, text: string) =>
    repository.writeTarget(path, new Uint8Array(Buffer.from(text)), new Uint8Array([0]))
  const { online, offline } = keyFolders(dataDir)
  const places = { dataDir, online, offline }
  switch (operation) {
    case 'make':
      break
    case 'publish':
      await repository.change({
        add: [await write(releasePath('some-skill', '1.0.0'), 'the new one')],
        catalog: await write(catalogPath, 'a catalog'),
      })
      break
    case 'revoke':
      await repository.change({
        remove: [releasePath('some-skill', '1.0.0')],
        revocations: await write(revocationsPath, 'a list'),
      })
      break
    case 'renew':
      await renewOffline(repository, places)
      break
    default:
      await rotateRole(repository, places, operation as RotatableRole)
  }
  process.stdout.write(`${point}\n`)
}

void main(process.argv[2]!, process.argv[3]!, Number(process.argv[4] ?? 0))
