import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fixture, runDirectly, runSkill, temporaryFolder } from '../../support/run-skill'

async function fileOf(name: string, content: string | Buffer) {
  const path = join(await temporaryFolder(), name)
  await writeFile(path, content)
  return path
}

async function bodyOf(markdown: string) {
  const run = await runSkill('markdown-to-html', { inputs: { file: await fileOf('page.md', markdown) } })
  expect(run.stderr).toBe('')
  const page = await readFile(join(run.state, 'pages/page.html'), 'utf8')
  return { run, page, body: /<main>\n([\s\S]*)\n<\/main>/.exec(page)![1]! }
}

test.each([
  ['**bold *and em* here**', '<p><strong>bold <em>and em</em> here</strong></p>'],
  ['***both*** snake_case_name 2*3*4', '<p><em><strong>both</strong></em> snake_case_name 2<em>3</em>4</p>'],
  ['a `<b>` ``x`y`` \\*no\\*', '<p>a <code>&lt;b&gt;</code> <code>x`y</code> *no*</p>'],
  ['one  \ntwo\\\nthree', '<p>one<br>\ntwo<br>\nthree</p>'],
  ['Title\n=====\n\n## Sub ##', '<h1 id="title">Title</h1>\n<h2 id="sub">Sub</h2>'],
  ['## A\n## A', '<h2 id="a">A</h2>\n<h2 id="a-1">A</h2>'],
  ['- a\n  - b\n- c', '<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul></li>\n<li>c</li>\n</ul>'],
  ['3. x\n4. y', '<ol start="3">\n<li>x</li>\n<li>y</li>\n</ol>'],
  ['> q\nlazy', '<blockquote>\n<p>q\nlazy</p>\n</blockquote>'],
  ['```js\n<i>\n```', '<pre data-language="js"><code>&lt;i&gt;\n</code></pre>'],
  ['    code', '<pre><code>code\n</code></pre>'],
  ['~~old~~ ---\n\n***', '<p><del>old</del> ---</p>\n<hr>'],
  [
    '| A | B |\n|---|--:|\n| `x|y` | 2 |',
    '<div class="table"><table>\n<thead><tr><th>A</th><th class="right">B</th></tr></thead>\n<tbody>\n' +
      '<tr><td><code>x|y</code></td><td class="right">2</td></tr>\n</tbody></table></div>',
  ],
  [
    '[a](http://x.y/(z) "T") <https://q.r>',
    '<p><a href="http://x.y/(z)" title="T" rel="noopener noreferrer">a</a> ' +
      '<a href="https://q.r" rel="noopener noreferrer">https://q.r</a></p>',
  ],
  ['[r][1]\n\n[1]: guide.md', '<p><a href="guide.md">r</a></p>'],
])('markdown-to-html renders %j', async (markdown, html) => {
  expect((await bodyOf(markdown)).body).toBe(html)
})

test('markdown-to-html lets nothing active through', async () => {
  const hostile = [
    '<script>alert(1)</script><img src=x onerror=alert(1)>',
    '[a](javascript:alert(1)) [b](java\tscript:alert(1)) [c](&#106;avascript:alert(1)) [d](data:text/html,x)',
    '![p](http://spy.example/pixel.png) ![q](data:image/svg+xml;base64,AAAA) [e](vbscript:x "\\"onclick=\\"x")',
    '<a href="javascript:x">y</a> <vbscript:alert(1)>',
    '# <svg onload=alert(1)> "quoted"',
    '```"><script>\nx\n```',
  ].join('\n\n')
  const { page, body, run } = await bodyOf(hostile)
  expect(body.match(/<(?!\/?(?:p|a|span|h1|pre|code|em|strong)\b)[^>]*>/g)).toBeNull()
  expect(body.match(/<[^>]*\son\w+=/gi)).toBeNull()
  expect([...body.matchAll(/href="([^"]*)"/g)].map(([, url]) => url)).toEqual(['http://spy.example/pixel.png'])
  expect(page).toContain("default-src 'none'")
  expect(run.stdout).toContain('of an unsafe kind shown as plain text')
})

test('markdown-to-html makes contents, footnotes and a title', async () => {
  const file = await fileOf('notes.md', '---\ntitle: My notes\nlang: en\n---\n# One\n\nA[^n] b.\n\n## Two\n\n[^n]: The *note*.\n')
  const run = await runSkill('markdown-to-html', { inputs: { file, contents: true } })
  expect(run.stdout.split('\n').slice(0, 2)).toEqual(['My notes', '2 headings, 0 links, 0 pictures'])
  const page = await readFile(join(run.state, 'pages/notes.html'), 'utf8')
  expect(page).toContain('<html lang="en">')
  expect(page).toContain('<title>My notes</title>')
  expect(page).toContain('<a href="#two">Two</a>')
  expect(page).toContain('<sup><a href="#note-1" id="cite-1">1</a></sup>')
  expect(page).toContain('<li id="note-1"><p>The <em>note</em>.')
  const bad = await runSkill('markdown-to-html', { inputs: { file: await fileOf('x.md', Buffer.from([0xff, 0xfe, 0x41])) } })
  expect(bad).toMatchObject({ exitCode: 1, stderr: 'markdown-to-html: The file isn’t a UTF-8 text. Save it as UTF-8 first.\n' })
})

test('meeting-minutes finds decisions, tasks and open questions in WebVTT', async () => {
  const file = fixture('meeting-minutes', 'launch-2026-03-02.vtt')
  const run = await runSkill('meeting-minutes', { inputs: { file } })
  expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  const minutes = await readFile(join(run.state, 'minutes/launch-2026-03-02.md'), 'utf8')
  expect(run.stdout).toBe(`${minutes}\nWritten: minutes/launch-2026-03-02.md\n`)
  expect(minutes).toBe(`# Launch

Date: 2026-03-02${'  '}
Present: Anna Berg, Ben Okafor, Carla Díaz

## Decisions

- We decided last week to wait for nothing. (Anna Berg, 0:00:14)
- We'll go with 16 March, and the translations follow. (Anna Berg, 0:00:14)

## Tasks

| Who | What | Due |
| --- | --- | --- |
| Ben Okafor | Send the draft announcement to the press list by Friday (0:00:22) | 2026-03-06 (Friday) |
| Carla Díaz | Check the prices with finance before the end of the month (0:00:30) | 2026-03-31 (the end of the month) |
| Ben Okafor | Ask legal about the old plan by 2026-03-06 (0:00:55) | 2026-03-06 |

## Open questions

- What happens to customers on the old plan? (Carla Díaz, 0:00:40)
- We still need to figure out who answers support mails on launch day. (Carla Díaz, 0:00:55)
`)
})

test('meeting-minutes reads plain text and SRT, with and without a date', async () => {
  const standup = await runSkill('meeting-minutes', { inputs: { file: fixture('meeting-minutes', 'standup.txt') } })
  expect(standup.stdout).toContain('Date: 2026-05-04')
  expect(standup.stdout).toContain('- Agreed: we drop support for the old format. (Jonas)')
  expect(standup.stdout).toContain('| Mira | Write the release notes tomorrow | 2026-05-05 (tomorrow) |')
  expect(standup.stdout).toContain('| Jonas | Update the documentation | no date |')
  expect(standup.stdout).toContain('- Who is going to own the billing project from June on? (Mira)')
  expect(standup.stdout).not.toContain('share my screen')

  const srt = '1\n00:00:01,000 --> 00:00:03,000\nEva: I will call the printer\n\n2\n00:00:03,000 --> 00:00:05,000\nby next Tuesday.\n'
  const file = await fileOf('call.srt', srt)
  const undated = await runSkill('meeting-minutes', { inputs: { file } })
  expect(undated.stdout).toContain('| next Tuesday |')
  expect(undated.stdout).toContain("The day of the meeting isn't known")
  const dated = await runSkill('meeting-minutes', { inputs: { file, date: '2026-03-04' } })
  expect(dated.stdout).toContain('| 2026-03-10 (next Tuesday) |')
  const wrong = await runSkill('meeting-minutes', { inputs: { file, date: 'March' } })
  expect(wrong).toMatchObject({ exitCode: 1, stderr: 'meeting-minutes: “March” is not a date such as 2026-03-02.\n' })
})

const oldVersion = fixture('contract-compare', 'services-2025.md')
const newVersion = fixture('contract-compare', 'services-2026.md')

test('contract-compare tells changed, added, removed and renumbered clauses apart', async () => {
  const run = await runSkill('contract-compare', { inputs: { old: oldVersion, new: newVersion } })
  expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  expect(run.stdout).toContain('2 changed, 2 added, 1 removed, 0 moved, 5 renumbered, 4 same')
  expect(run.stdout).toContain(
    'CHANGED  2.1 Fees\n  - 2,400\n  + 2,750\n  - 30\n  + 14\n' +
      '  Check: amount EUR 2,400 → EUR 2,750\n  Check: period 30 days → 14 days\n',
  )
  expect(run.stdout).toContain('Check: duty shall → should')
  expect(run.stdout).toContain('REMOVED  2.2 Fees\n  - Travel is included.')
  expect(run.stdout).toContain('Renumbered, with the same words: 3 → 4, 3.1 → 4.1, 3.2 → 4.2, 4 → 5, 4.1 → 5.1')
  const report = await readFile(join(run.state, 'reports/contract-compare.html'), 'utf8')
  expect(report).toContain('EUR <del>2,400</del><ins>2,750</ins> a month')
  expect(report).not.toContain('<script')
})

/** A Word document of paragraphs, each the XML inside of its `w:p`. */
async function wordOf(name: string, paragraphs: string[], prolog = '') {
  const path = join(await temporaryFolder(), name)
  const xml =
    `<?xml version="1.0" encoding="UTF-8"?>${prolog}<w:document xmlns:w="http://schemas.openxmlformats.org/` +
    `wordprocessingml/2006/main"><w:body>${paragraphs.map((p) => `<w:p>${p}</w:p>`).join('')}</w:body></w:document>`
  const code = `import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
    z.writestr('[Content_Types].xml', '<Types/>')
    z.writestr('word/document.xml', sys.argv[2])`
  execFileSync('python3', ['-c', code, path, xml])
  return path
}
const run = (text: string) => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`
const heading = (text: string) => `<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>${run(text)}`

test('contract-compare reads Word documents, tracked changes included', async () => {
  const before = await wordOf('before.docx', [heading('Payment'), run('1.1 The fee is ') + run('$100 a year.')])
  const after = await wordOf('after.docx', [
    heading('Payment'),
    `${run('1.1 The fee is ')}<w:del><w:r><w:delText>$100</w:delText></w:r></w:del><w:ins>${run('$120')}</w:ins>${run(' a year.')}`,
  ])
  const compared = await runSkill('contract-compare', { inputs: { old: before, new: after } })
  expect(compared.stdout).toContain('CHANGED  1.1 Payment')
  expect(compared.stdout).toContain('Check: amount $100 → $120')
  expect(compared.stdout).toContain('Note: after.docx holds tracked changes. They were read as if accepted.')
})

test('contract-compare says when nothing changed, and refuses what it cannot read', async () => {
  const same = await runSkill('contract-compare', { inputs: { old: oldVersion, new: oldVersion } })
  expect(same.stdout).toContain('The wording is the same.')
  const bomb = await wordOf('bomb.docx', [run('&a;')], '<!DOCTYPE x [<!ENTITY a "lol">]>')
  for (const [path, message] of [
    [bomb, 'bomb.docx is not a document that Word has written.'],
    [await fileOf('a.pdf', '%PDF-1.7'), 'a.pdf is a PDF.'],
    [await fileOf('b.docx', 'PK\x03\x04 broken'), 'b.docx is damaged or protected with a password.'],
    [await fileOf('c.txt', ' \n'), 'c.txt holds no text.'],
    ['/nowhere/d.txt', "d.txt can't be read"],
  ] as const) {
    const refused = await runDirectly('contract-compare', { inputs: { old: oldVersion, new: path } })
    expect(refused.exitCode).toBe(1)
    expect(refused.stderr).toContain(`contract-compare: ${message}`)
  }
})
