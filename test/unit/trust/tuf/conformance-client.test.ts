import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createTufRepository } from '../../../support/tuf-repository.ts'

// The command line by which the public tuf-conformance suite drives our client, over real HTTP.

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skillet-conformance-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** The exit status. */
function run(...args: string[]): Promise<number> {
  const client = join(process.cwd(), 'test/support/tuf-conformance-client.mjs')
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [client, ...args], () => resolve(child.exitCode ?? -1))
  })
}

it('does init, refresh and download as the protocol says', async () => {
  const repo = createTufRepository()
  repo.put('targets', 'path/to/file.txt', 'content')
  repo.put('targets', 'other.txt', 'more')
  repo.publish()
  const server = await repo.serve()
  const [metadataDir, targetDir, root] = [
    join(folder, 'metadata'),
    join(folder, 'targets'),
    join(folder, 'root'),
  ]
  await mkdir(metadataDir)
  await writeFile(root, repo.root())
  const common = ['--metadata-dir', metadataDir, '--metadata-url', `${server.url}/metadata/`]
  const download = (...names: string[]) =>
    run(
      ...common,
      ...names.flatMap((name) => ['--target-name', name]),
      ...['--target-base-url', `${server.url}/targets/`, '--target-dir', targetDir, 'download'],
    )
  try {
    expect(await run('--metadata-dir', metadataDir, 'init', root)).toBe(0)
    expect(repo.requests).toEqual([])
    expect(await readdir(metadataDir)).toEqual(['root.json'])

    expect(await run(...common, 'refresh')).toBe(0)
    for (const [name, file] of [
      ['root', '1.root'],
      ['timestamp', 'timestamp'],
      ['snapshot', '2.snapshot'],
      ['targets', '2.targets'],
    ])
      expect(await readFile(join(metadataDir, `${name}.json`))).toEqual(
        Buffer.from(repo.files.get(`metadata/${file}.json`)!),
      )

    expect(await download('path/to/file.txt', 'other.txt')).toBe(0)
    expect(await readdir(targetDir)).toEqual(['other.txt', 'path%2Fto%2Ffile.txt'])
    repo.requests.length = 0
    expect(await download('path/to/file.txt', 'nothing.txt')).toBe(1)
    expect(repo.requests.filter((name) => name.startsWith('targets/'))).toEqual([])

    repo.files.delete('metadata/timestamp.json')
    expect(await run(...common, 'refresh')).toBe(1)
    expect(await run('--metadata-dir', metadataDir, 'refresh')).toBe(1)
    expect(await run('--metadata-dir', metadataDir, 'init', join(metadataDir, 'timestamp.json'))).toBe(1)
  } finally {
    await server.close()
  }
}, 60_000)
