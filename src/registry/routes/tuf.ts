import { SkilletError } from '../../shared/errors.ts'
import { catalogPath } from '../../shared/signed-targets.ts'
import { sha256Hex } from '../../trust/digest.ts'
import type { AddEndpoint } from '../http/endpoint.ts'
import type { Dependencies } from './dependencies.ts'
import { immutable, matches, sendFile, sendKept } from './send-file.ts'

const metadataName = /^(?:[1-9][0-9]{0,9}\.[a-z0-9-]{1,80}|timestamp)\.json$/
const slug = '[a-z0-9]+(?:-[a-z0-9]+)*'
/** The only paths that are ever looked up: none of them leaves the folder. */
const targetName = new RegExp(
  `^(?:[0-9a-f]{64}\\.(?:catalog|revocations|signing-keys)\\.json|releases/${slug}/[0-9a-f]{64}\\.[0-9A-Za-z.-]{1,64}\\.dsse\\.json)$`,
)

/**
 * The TUF repository, as it lies on the disk: any mirror may serve the same files. Everything but the timestamp carries
 * its version or digest in its name and never changes.
 */
export function addTuf(add: AddEndpoint, { repository }: Pick<Dependencies, 'repository'>): void {
  const { files } = repository

  add(
    {
      method: 'get',
      path: '/tuf/metadata/:name',
      tag: 'TUF repository',
      summary: 'Signed metadata: a role at a version, or the timestamp.',
      access: 'public',
      produces: 'application/json',
    },
    async ({ context }) => {
      const name = context.req.param('name') ?? ''
      // Every client asks for the next root, which is there once in years.
      const isThere = metadataName.test(name) && files.markOf(name) !== null
      const bytes = isThere ? await files.readMetadata(name) : null
      if (bytes === null) throw nothing()
      const isTimestamp = name === 'timestamp.json'
      const headers = {
        etag: `"${sha256Hex(bytes).slice(0, 32)}"`,
        'cache-control': isTimestamp ? 'no-cache' : immutable,
        'content-type': 'application/json',
      }
      if (matches(context, headers.etag)) return context.body(null, 304, headers)
      return sendKept(context, new Uint8Array(bytes), headers, isTimestamp ? 'standing' : 'always')
    },
  )

  add(
    {
      method: 'get',
      path: '/tuf/targets/*',
      tag: 'TUF repository',
      summary: 'A target by its digest.',
      access: 'public',
      produces: 'application/json',
    },
    async ({ context }) => {
      // Undecoded, so that nothing is hidden behind a percent sign.
      const name = new URL(context.req.url).pathname.slice('/tuf/targets/'.length)
      if (!targetName.test(name)) throw nothing()
      const file = `${files.targetsFolder}/${name}`
      const sha256 = /[0-9a-f]{64}(?=\.)/.exec(name)![0]
      return sendFile(context, { file, sha256, cacheControl: immutable, holds: 'always' })
    },
  )

  add(
    {
      method: 'get',
      path: '/catalog.json',
      tag: 'TUF repository',
      summary: 'Every skill on offer.',
      access: 'public',
      produces: 'application/json',
    },
    async ({ context }) => {
      const { role } = await repository.state()
      const { sha256 } = (await role('registry')).targets[catalogPath]!.hashes
      return sendFile(context, {
        file: files.targetFile(catalogPath, sha256),
        sha256,
        cacheControl: 'no-cache',
        holds: 'standing',
      })
    },
  )
}

function nothing(): SkilletError {
  return new SkilletError('NOT_FOUND', 'The registry has no such file.')
}
