import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fixture, runDirectly, runSkill } from '../../support/run-skill'

const policy = () => readFile(fixture('parse-input', 'policy.md'), 'utf8')

test('parse-input finds title, sections, sentences and links', async () => {
  const run = await runSkill('parse-input', { inputs: { text: await policy() } })
  expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  const document = JSON.parse(run.stdout)
  expect(document.title).toBe('Remote work policy')
  expect(document.sections.map((s: { heading: string; level: number }) => [s.heading, s.level])).toEqual([
    ['Remote work policy', 1],
    ['Equipment', 2],
    ['Security', 2],
    ['Working hours', 2],
  ])
  expect(document.sections[1].sentences).toEqual([
    'Every employee gets a laptop and up to 400 euros a year for a desk, a chair etc.',
    'Dr. Lind approves larger purchases.',
  ])
  expect(document.sections[2].text).not.toContain('ssh-keygen')
  expect(document.links).toEqual([
    { text: 'security handbook', url: 'https://example.com/handbook' },
    { text: 'the form', url: 'forms/purchase.md' },
  ])
  expect(document.code_blocks).toBe(1)
  expect(document.meta).toEqual({ owner: 'People team' })
})

test('parse-input takes numbered lines of plain text as headings', async () => {
  const text = 'REPORT\n\n1. Results\n\nSales rose by 3.5 percent. J. Smith agrees!\n\n1.1 Europe\n\nLess so.'
  const document = JSON.parse((await runSkill('parse-input', { inputs: { text } })).stdout)
  expect(document.sections.map((s: { heading: string; level: number }) => [s.heading, s.level])).toEqual([
    ['REPORT', 1],
    ['1. Results', 1],
    ['1.1 Europe', 2],
  ])
  expect(document.sections[1].sentences).toEqual(['Sales rose by 3.5 percent.', 'J. Smith agrees!'])
})

test('the four skills pass JSON from one to the next', async () => {
  const parsed = await runSkill('parse-input', { inputs: { text: await policy() } })
  const checked = await runSkill('validate-coverage', {
    inputs: { document: parsed.stdout, topics: 'laptops, password|passphrase, holidays' },
  })
  const coverage = JSON.parse(checked.stdout)
  expect(coverage.covered).toEqual(['laptops', 'password|passphrase'])
  expect(coverage.missing).toEqual(['holidays'])
  expect(coverage.coverage).toBe(0.6667)
  expect(coverage.topics[0].sections).toEqual(['Equipment', 'Security'])
  expect(coverage.document.title).toBe('Remote work policy')

  const picked = await runSkill('extract-highlights', { inputs: { document: checked.stdout, count: 3 } })
  const { highlights, of } = JSON.parse(picked.stdout)
  expect(of).toBe(coverage.document.sentences)
  expect(highlights).toHaveLength(3)
  expect(highlights[0].score).toBe(1)
  for (const { sentence } of highlights) expect(parsed.stdout).toContain(JSON.stringify(sentence).slice(1, -1))

  const first = await runSkill('memory-update', { inputs: { highlights: picked.stdout, topic: 'policies' } })
  const summary = JSON.parse(first.stdout)
  expect(summary).toMatchObject({ topic: 'policies', kept: 0, total: 3 })
  expect(summary.added).toEqual(highlights.map((h: { sentence: string }) => h.sentence))
  const again = await runSkill('memory-update', {
    inputs: { highlights: picked.stdout, topic: 'Policies' },
    state: first.state,
  })
  expect(JSON.parse(again.stdout)).toMatchObject({ added: [], kept: 3, total: 3 })
  const notes = await readFile(join(first.state, '.context/memory.md'), 'utf8')
  expect(notes).toContain('## policies')
  expect(notes).toContain('seen 2 times')
})

test('extract-highlights prefers what the text is about and never repeats itself', async () => {
  const document = `# Bees
Bees pollinate most of the crops that people eat. Without bees, the pollination of crops fails and harvests shrink.
My uncle likes tea. Farmers therefore protect bees, since crops depend on pollination by bees.
Bees pollinate most of the crops that people eat. It rained.`
  const { highlights } = JSON.parse((await runSkill('extract-highlights', { inputs: { document, count: 3 } })).stdout)
  const sentences = highlights.map((h: { sentence: string }) => h.sentence)
  expect(new Set(sentences).size).toBe(3)
  expect(sentences).not.toContain('My uncle likes tea.')
  expect(sentences).not.toContain('It rained.')
})

test('validate-coverage without topics reports empty sections', async () => {
  const document = '# Plan\nWe build it.\n\n# Risks\n\n# Costs\nAbout 5,000 euros.'
  const result = JSON.parse((await runSkill('validate-coverage', { inputs: { document } })).stdout)
  expect(result).toMatchObject({ covered: ['Plan', 'Costs'], missing: ['Risks'] })
})

test('memory-update keeps differing numbers apart and sets a damaged memory aside', async () => {
  const first = await runSkill('memory-update', {
    inputs: { highlights: '- The fee is 400 euros a year\n- the fee is 400 EUROS a year!\n- The fee is 500 euros a year' },
  })
  expect(JSON.parse(first.stdout)).toMatchObject({ topic: 'general', total: 2 })
  await writeFile(join(first.state, '.context/memory.json'), '{"notes": [')
  const second = await runSkill('memory-update', { inputs: { highlights: 'A new note' }, state: first.state })
  const summary = JSON.parse(second.stdout)
  expect(summary).toMatchObject({ added: ['A new note'], total: 1 })
  expect(summary.warning).toMatch(/set aside as \.context\/memory-damaged-\d{8}T\d{6}\.json/)
})

test('two runs of memory-update at once forget nothing of each other', async () => {
  const { state } = await runSkill('memory-update', { inputs: { highlights: 'The first note' } })
  const notes = ['About bees', 'About honey', 'About wax']
  await Promise.all(notes.map((highlights) => runSkill('memory-update', { inputs: { highlights }, state })))
  const last = await runSkill('memory-update', { inputs: { highlights: 'The last note' }, state })
  expect(JSON.parse(last.stdout)).toMatchObject({ added: ['The last note'], total: 5 })
})

test.each([
  ['parse-input', { text: '   ' }, 'There is no text to parse.'],
  ['validate-coverage', { document: '{"x": 1}' }, 'There is no document to check.'],
  ['validate-coverage', { document: 'No headings here.' }, 'Say which topics to look for'],
  ['extract-highlights', { document: 'One. Two.', count: 51 }, 'must be between 1 and 50'],
  ['memory-update', { highlights: '{"highlights": 3}' }, 'has no list called “highlights”'],
])('%s explains what is wrong with %o', async (slug, inputs, message) => {
  const run = await runDirectly(slug, { inputs })
  expect(run.exitCode).toBe(1)
  expect(run.stdout).toBe('')
  expect(run.stderr.startsWith(`${slug}: `)).toBe(true)
  expect(run.stderr).toContain(message)
})
