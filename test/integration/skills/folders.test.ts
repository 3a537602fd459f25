import { link, mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { runDirectly, runSkill, temporaryFolder } from '../../support/run-skill'

async function folderOf(files: Record<string, string | Buffer>) {
  const folder = await temporaryFolder()
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  return folder
}

// Put together here, so that no file of this repository looks like a leaked key.
const AWS_KEY = ['AKIA', 'QYLPMN5HHHFPZAM2'].join('')
const GITHUB_TOKEN = ['ghp_', 'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'].join('')
const PASSWORD = ['Tr0ub4dor', '&3xyz'].join('')

test('secret-sweep finds keys, redacts them and leaves placeholders alone', async () => {
  const folder = await folderOf({
    '.env': `AWS_ACCESS_KEY_ID=${AWS_KEY}\nDB_PASSWORD=changeme\nTOKEN=\${TOKEN}\nSMTP_PASSWORD="${PASSWORD}"\n`,
    'src/client.ts': `const token = '${GITHUB_TOKEN}'\nconst password = readPassword()\nconst tokenName = 'session_token'\n`,
    'deploy.md': `Connect with postgres://app:${PASSWORD}@db.example.org/shop and wait.\n`,
    'old.md': `key ${AWS_KEY} <!-- secret-sweep: ignore -->\n`,
    'id_ed25519': `-----BEGIN OPENSSH ${'PRIVATE KEY'}-----\nabc\n`,
    'node_modules/x/a.js': `const t = '${GITHUB_TOKEN}'\n`,
    'logo.bin': Buffer.from([0, 1, 2, 3]),
  })
  const run = await runSkill('secret-sweep', { inputs: { folder } })
  expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  const found = run.stdout.split('\n').filter((line) => /^ {2}\S/.test(line))
  expect(found.map((line) => line.trim().split(/ {2}/).slice(0, 3))).toEqual([
    ['.env:1', 'certain', 'AWS access key'],
    ['.env:4', 'likely', 'value of “SMTP_PASSWORD”'],
    ['deploy.md:1', 'certain', 'password in an address'],
    ['id_ed25519', 'certain', 'private key file'],
    ['id_ed25519:1', 'certain', 'private key'],
    ['src/client.ts:1', 'certain', 'GitHub token'],
  ])
  for (const secret of [AWS_KEY, GITHUB_TOKEN, PASSWORD]) expect(run.stdout).not.toContain(secret.slice(0, 6))
  expect(run.stdout).toContain('Folders passed over: node_modules.')
  expect(run.stdout).toContain('1 file not looked into, being no text.')

  const certain = await runSkill('secret-sweep', { inputs: { folder, show: 'certain' } })
  expect(certain.stdout).not.toContain('SMTP_PASSWORD')
  expect(certain.stdout).toContain('5 secrets found')
})

test('secret-sweep says when there is nothing', async () => {
  const run = await runSkill('secret-sweep', { inputs: { folder: await folderOf({ 'a.txt': 'Nothing here.' }) } })
  expect(run.stdout).toMatch(/^Nothing found in 1 file of /)
  const missing = await runDirectly('secret-sweep', { inputs: { folder: '/nowhere' } })
  expect(missing).toMatchObject({ exitCode: 1, stderr: 'secret-sweep: There is no folder /nowhere.\n' })
})

test('duplicate-files groups equal files, knows links, and changes nothing', async () => {
  const photo = Buffer.alloc(150_000, 7)
  const almost = Buffer.from(photo)
  almost[149_999] = 8
  const folder = await folderOf({
    'photo.jpg': photo,
    'photo (1).jpg': photo,
    'backup/photo.jpg': photo,
    'almost.jpg': almost,
    'a.txt': 'x'.repeat(2000),
    'b.txt': 'x'.repeat(2000),
    'empty1': '',
    'empty2': '',
  })
  await link(join(folder, 'photo.jpg'), join(folder, 'same-file.jpg'))
  await symlink(join(folder, 'a.txt'), join(folder, 'c.txt'))
  for (const [i, name] of ['photo.jpg', 'photo (1).jpg', 'backup/photo.jpg', 'a.txt', 'b.txt'].entries()) {
    await utimes(join(folder, name), 1000 + i, 1000 + i)
  }
  const before = await readdir(folder, { recursive: true })
  const run = await runSkill('duplicate-files', { inputs: { folder } })
  expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  expect(run.stdout).toContain(
    [
      '1. 4 × 150.0 KB, 300.0 KB to gain',
      '   keep  photo.jpg',
      '   link  same-file.jpg',
      '   same  backup/photo.jpg',
      '   same  photo (1).jpg',
      '',
      '2. 2 × 2.0 KB, 2.0 KB to gain',
      '   keep  a.txt',
      '   same  b.txt',
    ].join('\n'),
  )
  expect(run.stdout).toContain('3 extra copies among 7 files')
  expect(run.stdout).toContain('302.0 KB could be freed')
  expect(run.stdout).toContain('2 empty files left out.')
  expect(await readdir(folder, { recursive: true })).toEqual(before)
  const large = await runSkill('duplicate-files', { inputs: { folder, min_kb: 1000 } })
  expect(large.stdout).toContain('No duplicates among 0 files')
})

const clutter = () =>
  folderOf({
    'invoice.pdf': 'new',
    'photo.JPG': 'p',
    'backup.tar.gz': 'b',
    'strange.qqq': 'q',
    'movie.mkv.part': 'm',
    '.hidden': 'h',
    'Documents/invoice.pdf': 'old',
    'kept/x.txt': 'x',
  })
const tree = async (folder: string) => (await readdir(folder, { recursive: true })).sort()

test('tidy-folder shows first, sorts without overwriting, and puts everything back', async () => {
  const folder = await clutter()
  const before = await tree(folder)
  const shown = await runSkill('tidy-folder', { inputs: { folder } })
  expect(shown.stdout).toContain('invoice.pdf  →  invoice (2).pdf')
  expect(shown.stdout).toContain('4 files would move into 4 subfolders. Nothing was changed.')
  expect(shown.stdout).toContain('1 × unfinished download')
  expect(await tree(folder)).toEqual(before)

  const done = await runSkill('tidy-folder', { inputs: { folder, preview: false } })
  expect(done.stdout).toContain('4 files moved into 4 subfolders.')
  expect(await readFile(join(folder, 'Documents/invoice.pdf'), 'utf8')).toBe('old')
  expect(await readFile(join(folder, 'Documents/invoice (2).pdf'), 'utf8')).toBe('new')
  expect(await tree(folder)).toEqual(
    expect.arrayContaining(['Archives/backup.tar.gz', 'Other/strange.qqq', 'Pictures/photo.JPG', '.tidy-folder.log']),
  )

  const back = await runSkill('tidy-folder', { inputs: { folder, action: 'undo', preview: false } })
  expect(back.stdout).toContain('4 files moved back.')
  expect(await tree(folder)).toEqual(before)
  const nothing = await runSkill('tidy-folder', { inputs: { folder, action: 'undo' } })
  expect(nothing).toMatchObject({ exitCode: 1 })
  expect(nothing.stderr).toContain('There is nothing to undo')
})

test('tidy-folder sorts by month, and leaves a file whose old name was taken since', async () => {
  const folder = await folderOf({ 'a.txt': 'a', 'b.txt': 'b' })
  await utimes(join(folder, 'a.txt'), new Date(2025, 2, 15), new Date(2025, 2, 15))
  await utimes(join(folder, 'b.txt'), new Date(2024, 10, 2), new Date(2024, 10, 2))
  await runSkill('tidy-folder', { inputs: { folder, by: 'date', preview: false } })
  expect(await tree(folder)).toEqual(expect.arrayContaining(['2024-11/b.txt', '2025-03/a.txt']))
  await writeFile(join(folder, 'a.txt'), 'another')
  const back = await runSkill('tidy-folder', { inputs: { folder, action: 'undo', preview: false } })
  expect(back.stdout).toContain('1 file moved back.')
  expect(back.stdout).toContain('Left where it is: 2025-03/a.txt, because “a.txt” exists again.')
  expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('another')
})

test('tidy-folder moves nothing by a list that leads out of the folder', async () => {
  const folder = await folderOf({ 'inside/x.txt': 'x' })
  const line = JSON.stringify({ run: '1', from: '../../escaped.txt', to: 'inside/x.txt' })
  await writeFile(join(folder, '.tidy-folder.log'), `${line}\n${line}\n${line}\n`)
  const run = await runSkill('tidy-folder', { inputs: { folder, action: 'undo', preview: false } })
  expect(run.exitCode).toBe(1)
  expect(run.stderr).toContain('was changed by something else (line 1), so nothing is moved.')
  expect(await tree(folder)).toContain('inside/x.txt')
})
