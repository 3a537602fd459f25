import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fixture, runDirectly, runSkill, temporaryFolder } from '../../support/run-skill'

async function repositoryOf(steps: ({ commit: string; by?: string } | { tag: string })[]) {
  const folder = await temporaryFolder()
  let day = 0
  const git = (words: string[], by = 'Ann Lee') =>
    execFileSync('git', ['-c', 'init.defaultBranch=main', ...words], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_NAME: by,
        GIT_AUTHOR_EMAIL: 'someone@example.org',
        GIT_COMMITTER_NAME: by,
        GIT_COMMITTER_EMAIL: 'someone@example.org',
        GIT_AUTHOR_DATE: `2026-03-${String(day).padStart(2, '0')}T12:00:00Z`,
        GIT_COMMITTER_DATE: `2026-03-${String(day).padStart(2, '0')}T12:00:00Z`,
      },
    }).trim()
  git(['init', '-q'])
  for (const step of steps) {
    if ('tag' in step) git(['tag', step.tag])
    else {
      day++
      const last = () => git(['rev-parse', 'HEAD'])
      const message = step.commit.includes('LAST') ? step.commit.replace('LAST', last()) : step.commit
      git(['commit', '-q', '--allow-empty', '-m', message], step.by)
    }
  }
  return { folder, git }
}

const steps = [
  { commit: 'Add the parser' },
  { tag: 'v1.0.0' },
  { commit: 'feat(cli): read from standard input', by: 'Bo Kim' },
  { commit: 'fix: do not crash on <empty> files' },
  { commit: 'feat!: drop the old format\n\nBREAKING CHANGE: files of version 1 must be\nconverted first.' },
  { commit: 'Speed up the reader' },
  { commit: 'Revert "Speed up the reader"\n\nThis reverts commit LAST.' },
  { commit: 'docs: describe the format' },
  { commit: 'chore: bump the compiler' },
  { commit: 'Rework the window' },
]

test('git-changelog groups what happened since the last tag', async () => {
  const { folder } = await repositoryOf(steps)
  const run = await runSkill('git-changelog', { inputs: { folder } })
  expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  const text = run.stdout.replace(/\([0-9a-f]{7,}\)/g, '(id)')
  expect(text).toContain('changes since v1.0.0\n\n6 commits by 2 people, 2026-03-02 to 2026-03-09\n')
  expect(text).toContain(
    '## Breaking changes\n\n- Drop the old format (id)\n  files of version 1 must be converted first.\n\n' +
      '## Features\n\n- **cli**: Read from standard input (id)\n\n' +
      '## Fixes\n\n- Do not crash on \\<empty\\> files (id)\n\n' +
      '## Documentation\n\n- Describe the format (id)\n\n' +
      '## Other changes\n\n- Rework the window (id)\n\n' +
      '## Maintenance\n\n- Bump the compiler (id)\n\n' +
      'Thanks to Ann Lee, Bo Kim.\n\n2 commits that cancel each other out were left out.',
  )
  expect(text).not.toContain('Speed')
})

test('git-changelog takes tags, dates and commits, and changes nothing', async () => {
  const { folder, git } = await repositoryOf([...steps, { tag: 'v2.0.0' }])
  const before = git(['status', '--porcelain', '--ignored'])
  expect((await runSkill('git-changelog', { inputs: { folder } })).stdout).toContain('v2.0.0, since v1.0.0')
  const dated = await runSkill('git-changelog', { inputs: { folder, since: '2026-03-08' } })
  expect(dated.stdout).toContain('2 commits by 1 person')
  const all = await runSkill('git-changelog', { inputs: { folder, since: git(['rev-list', '--max-parents=0', 'HEAD']) } })
  expect(all.stdout).toContain('6 commits by 2 people')
  const none = await runSkill('git-changelog', { inputs: { folder, since: 'v2.0.0' } })
  expect(none.stdout).toContain('There are no commits in this span.')
  expect(git(['status', '--porcelain', '--ignored'])).toBe(before)
})

test('git-changelog starts no program that a repository names', async () => {
  const { folder, git } = await repositoryOf(steps)
  const mark = join(await temporaryFolder(), 'started')
  await writeFile(join(folder, 'evil.sh'), `#!/bin/sh\ntouch '${mark}'\n`, { mode: 0o755 })
  for (const name of ['core.fsmonitor', 'core.pager', 'pager.log', 'gpg.program', 'core.sshCommand']) {
    git(['config', name, join(folder, 'evil.sh')])
  }
  git(['config', 'log.showSignature', 'true'])
  expect((await runSkill('git-changelog', { inputs: { folder } })).exitCode).toBe(0)
  expect(() => execFileSync('ls', [mark], { stdio: 'pipe' })).toThrow()
})

test('git-changelog explains what is wrong', async () => {
  const { folder } = await repositoryOf(steps)
  const unknown = await runSkill('git-changelog', { inputs: { folder, since: 'v9' } })
  expect(unknown).toMatchObject({ exitCode: 1 })
  expect(unknown.stderr).toContain('“v9” is no tag, commit or date that is known here. The latest tags are v1.0.0.')
  const option = await runSkill('git-changelog', { inputs: { folder, since: '--output=/tmp/x' } })
  expect(option.stderr).toContain('“since” must be a tag, a commit or a date.')
  const plain = await runSkill('git-changelog', { inputs: { folder: await temporaryFolder() } })
  expect(plain.stderr).toBe('git-changelog: There is no git repository in this folder.\n')
  const { folder: fresh } = await repositoryOf([])
  const empty = await runSkill('git-changelog', { inputs: { folder: fresh } })
  expect(empty.stderr).toBe('git-changelog: The repository has no commits yet.\n')
})

test('log-summary counts levels, groups messages and finds the burst', async () => {
  const run = await runSkill('log-summary', { inputs: { file: fixture('log-summary', 'app.log') } })
  expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  expect(run.stdout).toBe(`app.log

Time      2026-03-01 11:58:02 to 2026-03-01 12:31:00
Lines     18

Levels
  fatal             1
  error             9
  warning           2
  info              2
  debug             1
  continued         3

Most frequent errors
        8 ×  [pool-#] app.Db - Connection to # timed out after # ms
        1 ×  [main] app.Server - Out of connections, stopping
        1 ×  [pool-#] app.Mail - Message # to '…' refused

Most frequent warnings
        2 ×  [pool-#] app.Db - Slow query (# ms) on "…"

Bursts of errors
  2026-03-01 12:07  7 errors
`)
})

test('log-summary reads access logs, JSON lines and syslog', async () => {
  const access = await runSkill('log-summary', { inputs: { file: fixture('log-summary', 'access.log') } })
  expect(access.stdout).toMatch(/error +1\n {2}warning +2\n {2}info +1/)
  expect(access.stdout).toContain('1 ×  502 POST /api/pay')
  expect(access.stdout).toContain('2 ×  404 GET /orders/#')
  const json = await runSkill('log-summary', { inputs: { file: fixture('log-summary', 'service.jsonl'), top: 1 } })
  expect(json.stdout).toContain('2 ×  job # failed: "…"')
  const file = join(await temporaryFolder(), 'sys log')
  await writeFile(file, 'Mar  1 23:59:58 host sshd[12]: error: closed by 10.0.0.1\nMar  2 00:00:01 host cron[9]: info: ok\n')
  const system = await runSkill('log-summary', { inputs: { file } })
  expect(system.stdout).toContain('Time      03-01 23:59:58 to 03-02 00:00:01')
  expect(system.stdout).toContain('1 ×  sshd[#]: error: closed by #')
})

test.each([
  [{ file: '/nowhere/x.log' }, 'There is no file /nowhere/x.log.'],
  [{ file: fixture('log-summary', 'app.log'), top: 0 }, 'The number of messages must be from 1 to 100.'],
  [{ file: fixture('log-summary', '.') }, 'This is a folder.'],
])('log-summary explains what is wrong with %o', async (inputs, message) => {
  await expect(runSkill('log-summary', { inputs })).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  const run = await runDirectly('log-summary', { inputs })
  expect(run.exitCode).toBe(1)
  expect(run.stderr).toContain(`log-summary: ${message}`)
})

test('log-summary refuses compressed files', async () => {
  const file = join(await temporaryFolder(), 'app.log.gz')
  await writeFile(file, Buffer.from('1f8b0800000000000003', 'hex'))
  const run = await runSkill('log-summary', { inputs: { file } })
  expect(run.stderr).toBe('log-summary: This log is compressed (gzip). Unpack it first.\n')
})
