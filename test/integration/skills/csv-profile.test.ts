import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fixture, runDirectly, runSkill, temporaryFolder } from '../../support/run-skill'

async function fileOf(name: string, content: string | Buffer) {
  const path = join(await temporaryFolder(), name)
  await writeFile(path, content)
  return path
}

const rowOf = (stdout: string, column: string) =>
  stdout
    .split('\n')
    .find((line) => line.startsWith(column))!
    .split(/ {2,}/)

test('profiles 100,000 rows', { timeout: 60_000 }, async () => {
  const lines = ['id,customer,amount,ordered_at,country,paid']
  for (let i = 1; i <= 100_000; i++) {
    const amount = i === 777 ? 99_999 : (50 + ((i * 37) % 101)).toFixed(2)
    const day = String(1 + (i % 28)).padStart(2, '0')
    lines.push(`${i},"Doe, ${i % 4000}",${amount},2024-0${1 + (i % 9)}-${day},${i % 4 ? 'DE' : ''},${i % 2 ? 'yes' : 'no'}`)
  }
  const run = await runSkill('csv-profile', { inputs: { file: await fileOf('orders.csv', lines.join('\n')) } })
  expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  expect(run.stdout).toContain('orders.csv: 100,000 rows, 6 columns, comma-separated, UTF-8')
  expect(rowOf(run.stdout, 'id')).toEqual(['id', 'whole number', '0', '100,000', '1', '50,000.5', '100,000', '0'])
  expect(rowOf(run.stdout, 'customer').slice(0, 4)).toEqual(['customer', 'text', '0', '4,000'])
  expect(rowOf(run.stdout, 'amount')).toEqual(['amount', 'number', '0', '102', '50', '100', '99,999', '1'])
  expect(rowOf(run.stdout, 'ordered_at').slice(1, 3)).toEqual(['date', '0'])
  expect(rowOf(run.stdout, 'ordered_at').slice(4, 5)).toEqual(['2024-01-01'])
  expect(rowOf(run.stdout, 'country').slice(1, 4)).toEqual(['text', '25,000 (25.0 %)', '1'])
  expect(rowOf(run.stdout, 'paid').slice(1, 4)).toEqual(['yes/no', '0', '2'])
  expect(run.stdout).toContain('“amount”: 1 outlier, furthest out 99,999 (line 778).')
  expect(run.stdout.trimEnd().split('\n').pop()).toBe('Written: reports/csv-profile.html')
  const report = await readFile(join(run.state, 'reports/csv-profile.html'), 'utf8')
  expect(report).toContain('100,000 rows · 6 columns')
  expect(report.match(/<article>/g)).toHaveLength(6)
})

test('copes with what spreadsheets write: separator line, Windows-1252, decimal commas, ragged rows', async () => {
  const run = await runSkill('csv-profile', { inputs: { file: fixture('csv-profile', 'excel.csv') } })
  expect(run.exitCode).toBe(0)
  expect(run.stdout).toContain('excel.csv: 4 rows, 6 columns, semicolon-separated, Windows-1252')
  expect(rowOf(run.stdout, 'Betrag ').slice(1)).toEqual(['number', '0', '4', '2.5', '7', '1,234.5', '1'])
  expect(rowOf(run.stdout, 'Datum').slice(1, 3)).toEqual(['date', '2 (50.0 %)'])
  expect(rowOf(run.stdout, 'PLZ')[1]).toBe('text')
  expect(run.stdout).toContain('The name “Betrag” is used more than once.')
  expect(run.stdout).toContain('1 row with too few cells (line 7)')
  expect(run.stdout).toContain('1 row with too many cells (line 5)')
  expect(rowOf(run.stdout, 'Datum').slice(4)).toEqual(['2024-02-01', '2024-02-07', '2024-02-14', '0'])
  const report = await readFile(join(run.state, 'reports/csv-profile.html'), 'utf8')
  expect(report).not.toContain('<script')
})

test('reads UTF-16 with tabs, quoted line breaks and month-first dates', async () => {
  const text = '\ufeffwhen\tnote\n12/31/2024\t"two\nlines"\n01/02/2025\tx\n'
  const run = await runSkill('csv-profile', { inputs: { file: await fileOf('t.tsv', Buffer.from(text, 'utf16le')) } })
  expect(run.stdout).toContain('2 rows, 2 columns, tab-separated, UTF-16')
  expect(rowOf(run.stdout, 'when').slice(4)).toEqual(['2024-12-31', '2025-01-01', '2025-01-02', '0'])
  expect(run.stdout).toContain('“when”: dates were read month first.')
})

test('shows names and values in the report as text, never as HTML', async () => {
  const file = await fileOf('a<b>.csv', '<script>x</script>,kind\n<img src=y>,z\n<img src=y>,z\n<u>q</u>,z\n')
  const run = await runSkill('csv-profile', { inputs: { file } })
  const report = await readFile(join(run.state, 'reports/csv-profile.html'), 'utf8')
  expect(report).toContain('<h1>a&lt;b&gt;.csv</h1>')
  expect(report).toContain('<h3>&lt;script&gt;x&lt;/script&gt;</h3>')
  expect(report).toContain('<span>&lt;img src=y&gt;</span><span>2</span>')
  expect(report).not.toMatch(/<(?:script|img|u)\b/)
})

test('takes a first row of data as data', async () => {
  const file = await fileOf('n.csv', '1,2\n3,4\n5,x\n')
  const run = await runSkill('csv-profile', { inputs: { file } })
  expect(run.stdout).toContain('3 rows, 2 columns')
  expect(rowOf(run.stdout, 'column 1').slice(1)).toEqual(['whole number', '0', '3', '1', '3', '5', '0'])
  expect(rowOf(run.stdout, 'column 2')[1]).toBe('text')
})

test.each([
  ['empty.csv', '', 'The file is empty.'],
  ['book.csv', Buffer.from('PK\x03\x04rest'), 'This is an Excel workbook'],
  ['bytes.csv', Buffer.from([1, 0, 0, 0, 255, 0, 0, 0, 0, 7]), "doesn't look like text"],
])('refuses %s', async (name, content, message) => {
  const run = await runSkill('csv-profile', { inputs: { file: await fileOf(name, content) } })
  expect(run.exitCode).toBe(1)
  expect(run.stderr).toContain(message)
})

test('says so when there is no such file', async () => {
  const run = await runDirectly('csv-profile', { inputs: { file: '/nowhere/x.csv' } })
  expect(run).toMatchObject({ exitCode: 1, stderr: "csv-profile: The file can't be read: No such file or directory.\n" })
})
