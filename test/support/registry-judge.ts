import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Updater } from 'tuf-js'
import { chunksOf } from '../../src/trust/archive.ts'
import type { TufSource } from '../../src/trust/tuf.ts'

/** A TUF client that isn't ours, with a memory of its own: what it accepts, any client of the specification does. */
export interface Judge {
  /** Brings its metadata up to date. Rejects where something doesn't hold. */
  refresh(): Promise<void>
  /** The content of a target, verified; null where no role vouches for it. */
  read(path: string): Promise<Uint8Array | null>
  /** Version of the metadata that it trusts. */
  version(role: string): Promise<number>
  remove(): Promise<void>
}

/** `url` serves `/tuf/…`; the judge pins `trustRoot`, a file, as it is now. */
export async function createJudge(url: string, trustRoot: string): Promise<Judge> {
  const folder = await mkdtemp(join(tmpdir(), 'judge-'))
  await copyFile(trustRoot, join(folder, 'root.json'))
  const start = () =>
    new Updater({
      metadataDir: folder,
      metadataBaseUrl: `${url}/tuf/metadata`,
      targetDir: folder,
      targetBaseUrl: `${url}/tuf/targets`,
      config: { maxRootRotations: 1024 },
    })
  return {
    refresh: () => start().refresh(),
    async read(path) {
      const updater = start()
      await updater.refresh()
      const info = await updater.getTargetInfo(path)
      if (info === undefined) return null
      return new Uint8Array(await readFile(await updater.downloadTarget(info, join(folder, 'target'))))
    },
    async version(role) {
      const file = JSON.parse(await readFile(join(folder, `${role}.json`), 'utf8')) as {
        signed: { version: number }
      }
      return file.signed.version
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** The names of the metadata that a folder of data holds. */
export async function metadataNames(dataDir: string): Promise<string[]> {
  return (await readdir(join(dataDir, 'tuf', 'metadata'))).sort()
}

/** A folder of data as our own client reads it. */
export function sourceOfFolder(dataDir: string): TufSource {
  return {
    async open(kind, name) {
      const bytes = await readFile(join(dataDir, 'tuf', kind === 'target' ? 'targets' : kind, name)).catch(
        () => null,
      )
      return bytes === null ? null : chunksOf(new Uint8Array(bytes))
    },
  }
}

/** Serves a folder of data as any static file server would. */
export async function serveFolder(dataDir: string): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    readFile(
      join(dataDir, decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname)),
    ).then(
      (bytes) => response.end(bytes),
      () => {
        response.statusCode = 404
        response.end()
      },
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
