import type { z } from 'zod'
import { asksOf, cannotOf, declaredCapabilities } from '../../../src/shared/capability-words.ts'
import type { Fit, SkillDetail, SkillSummary } from '../../../src/shared/contract/skills.ts'
import { skillManifestSchema, type SkillManifest } from '../../../src/shared/skill-manifest.ts'

const fits: Fit = { ok: true, short: null, lines: [] }

/** A skill as the fake catalog holds it. */
export interface FakeSkill {
  manifest: SkillManifest
  fit: Fit
  readme: string
  files: { path: string; text: string | null; size: number; executable: boolean }[]
}

type ManifestInput = z.input<typeof skillManifestSchema>

export function fakeSkill(
  manifest: Partial<ManifestInput> &
    Pick<ManifestInput, 'slug' | 'title' | 'summary' | 'publisher' | 'category'>,
  rest: Partial<Omit<FakeSkill, 'manifest'>> = {},
): FakeSkill {
  const parsed = skillManifestSchema.parse({
    schema: 1,
    version: '1.2.0',
    license: 'Apache-2.0',
    run: { command: ['python3', 'scripts/main.py'], inputs: {} },
    ...manifest,
  })
  return {
    manifest: parsed,
    fit: fits,
    readme: `${parsed.summary}\n\n## How to use it\n\nChoose what it asks for and press **Run**.\n`,
    files: [
      text(
        'SKILL.md',
        `---\nname: ${parsed.slug}\ndescription: ${parsed.summary}\n---\n\n${parsed.summary}\n`,
      ),
      text('skill.toml', `schema = 1\nslug = "${parsed.slug}"\nversion = "${parsed.version}"\n`),
      text('scripts/main.py', 'import sys\n\n\ndef main() -> None:\n    print("done")\n\n\nmain()\n', true),
    ],
    ...rest,
  }
}

export function text(path: string, content: string, executable = false): FakeSkill['files'][number] {
  return { path, text: content, size: new TextEncoder().encode(content).length, executable }
}

export const csvReadme = `Reads a table and tells you what is in each of its columns: which kind of value, how many are missing, the range and the outliers.

## What you get

| Column | What it says |
| --- | --- |
| Type | whole number, decimal, date, text |
| Missing | how many cells are empty |
| Range | smallest, largest and the middle value |

- [x] Works with files of several hundred thousand rows
- [ ] Spreadsheets such as \`.xlsx\`: save them as CSV first

\`\`\`
python3 scripts/profile.py orders.csv
\`\`\`

Made after the ideas of [the data package](https://example.org/data-package). ![A table](https://example.org/x.png)
`

const pythonLines = Array.from(
  { length: 120 },
  (_, index) =>
    `    column_${index} = profile(rows, ${index})  # one column after the other, as they stand in the file`,
).join('\n')

export const fakeCatalog: readonly FakeSkill[] = [
  fakeSkill(
    {
      slug: 'csv-profile',
      title: 'CSV profile',
      summary: 'Types, ranges, gaps and outliers of every column of a CSV file.',
      publisher: 'skillet-labs',
      category: 'data',
      tags: ['csv', 'statistics', 'table'],
      requires: { os: ['linux', 'macos', 'windows'], memory_mb: 256, executables: ['python3'] },
      capabilities: { 'fs:read': 'Reads the CSV file that you choose.', 'fs:write': 'Writes the report.' },
      sandbox: { write: ['reports'], memory_mb: 512, timeout_s: 30 },
      run: {
        command: ['python3', 'scripts/profile.py'],
        inputs: {
          file: {
            type: 'file',
            title: 'CSV file',
            required: true,
            extensions: ['csv', 'tsv'],
            description: 'Comma, semicolon or tab separated.',
          },
          header: {
            type: 'choice',
            title: 'First row holds the column names',
            options: ['auto', 'yes', 'no'],
            default: 'auto',
            required: true,
          },
          rows: {
            type: 'number',
            title: 'Rows to read',
            min: 1,
            max: 1_000_000,
            description: 'Leave empty to read all of them.',
          },
          note: { type: 'string', title: 'Note for the report', multiline: true },
          outliers: { type: 'boolean', title: 'Look for outliers', default: true },
        },
      },
    },
    {
      readme: csvReadme,
      fit: {
        ok: true,
        short: null,
        lines: [
          { label: 'System', required: 'Linux, macOS or Windows', found: 'Linux', ok: true },
          { label: 'Memory', required: '256 MB', found: '16 GB', ok: true },
          { label: 'Python 3', required: 'installed', found: '/usr/bin/python3', ok: true },
        ],
      },
      files: [
        text('SKILL.md', `---\nname: csv-profile\n---\n\n${csvReadme}`),
        text('skill.toml', 'schema = 1\nslug = "csv-profile"\n'),
        text(
          'scripts/profile.py',
          `import csv\nimport sys\n\n\ndef main(path: str) -> None:\n${pythonLines}\n`,
          true,
        ),
        text('scripts/hidden.py', 'access = "user\u202e \u2066# check\u2069 \u2066"\n'),
        { path: 'assets/sample.bin', text: null, size: 20_480, executable: false },
      ],
    },
  ),
  fakeSkill({
    slug: 'extract-highlights',
    title: 'Extract highlights',
    summary: 'The sentences that matter from a long document, with their places.',
    publisher: 'skillet-labs',
    category: 'documents',
    run: {
      command: ['python3', 'scripts/main.py'],
      inputs: { text: { type: 'string', title: 'Text', multiline: true, required: true } },
    },
  }),
  fakeSkill({
    slug: 'link-check',
    title: 'Link check',
    summary: 'Finds the dead links in a folder of notes or a site.',
    publisher: 'northwind',
    category: 'files',
    capabilities: {
      'fs:read': 'It looks for links in your notes.',
      net: 'To suggest a saved copy for a dead link.',
    },
    sandbox: { network: ['web.archive.org'] },
    run: {
      command: ['python3', 'scripts/main.py'],
      inputs: { folder: { type: 'folder', title: 'Folder with notes', required: true } },
    },
  }),
  fakeSkill(
    {
      slug: 'photo-upscale',
      title: 'Photo upscale',
      summary: 'Sharper pictures, four times the size, with the help of your graphics card.',
      publisher: 'pixel-works',
      category: 'photos',
      requires: { vram_mb: 12_288, cuda: '>=12.2' },
      capabilities: { 'fs:read': 'Reads the picture that you choose.' },
      run: {
        command: ['python3', 'scripts/main.py'],
        inputs: { image: { type: 'file', title: 'Picture', required: true } },
      },
      alternatives: ['photo-upscale-lite'],
    },
    {
      fit: {
        ok: false,
        short: 'Needs 12 GB of NVIDIA graphics memory',
        lines: [
          { label: 'Graphics memory', required: '12 GB (NVIDIA)', found: 'no NVIDIA graphics', ok: false },
          { label: 'Memory', required: '8 GB', found: '16 GB', ok: true },
        ],
      },
    },
  ),
  fakeSkill({
    slug: 'photo-upscale-lite',
    title: 'Photo upscale lite',
    summary: 'Twice the size on any computer. Slower, and gentler on noise.',
    publisher: 'pixel-works',
    category: 'photos',
  }),
  fakeSkill({
    slug: 'secret-sweep',
    title: 'Secret sweep',
    summary: 'Looks for passwords and keys left in a folder, and shows where.',
    publisher: 'skillet-labs',
    category: 'developer',
    capabilities: { 'fs:read': 'Reads the files of the folder that you choose.' },
    run: {
      command: ['python3', 'scripts/main.py'],
      inputs: { folder: { type: 'folder', title: 'Folder', required: true } },
    },
  }),
  fakeSkill({
    slug: 'translate-document',
    title: 'Translate document',
    summary: 'Translates a letter or a manual and keeps its headings, lists and tables where they were.',
    publisher: 'fjord',
    category: 'writing',
    capabilities: {
      'fs:read': 'Reads the document that you choose.',
      net: 'Sends its text to the translation service.',
      'env:read': 'Signs in to the translation service as you.',
    },
    sandbox: { network: ['api.translate.example.com'] },
    secrets: {
      TRANSLATE_API_KEY: { title: 'Translate API key', hosts: ['api.translate.example.com'] },
      TRANSLATE_GLOSSARY_KEY: {
        title: 'Glossary key',
        required: false,
        hosts: ['api.translate.example.com'],
      },
    },
    run: {
      command: ['python3', 'scripts/main.py'],
      inputs: { file: { type: 'file', title: 'Document', required: true } },
    },
  }),
  fakeSkill({
    slug: 'meeting-minutes',
    title: 'Meeting minutes',
    summary: 'Turns a transcript into decisions, tasks and open questions.',
    publisher: 'fjord',
    category: 'writing',
    tier: 'cook',
  }),
  fakeSkill({
    slug: 'tidy-folder',
    title: 'Tidy folder',
    summary: 'Sorts a crowded folder by kind and date, and writes down each move so that it can be undone.',
    publisher: 'northwind',
    category: 'files',
    capabilities: {
      'fs:read': 'Looks at the files of the folder.',
      'fs:write': 'Moves them into new folders.',
    },
    run: {
      command: ['python3', 'scripts/main.py'],
      inputs: { folder: { type: 'folder', title: 'Folder', required: true, writable: true } },
    },
  }),
  fakeSkill({
    slug: 'git-changelog',
    title: 'Changelog from Git',
    summary: 'Writes release notes from the history of a repository.',
    publisher: 'skillet-labs',
    category: 'developer',
    capabilities: { 'fs:read': 'Reads the repository that you choose.', exec: 'Asks Git for the history.' },
    sandbox: { exec: ['python3', 'git'] },
    run: {
      command: ['python3', 'scripts/main.py'],
      inputs: { folder: { type: 'folder', title: 'Repository', required: true } },
    },
  }),
]

export function summaryOf(skill: FakeSkill, installedVersion: string | null): SkillSummary {
  const { manifest } = skill
  return {
    slug: manifest.slug,
    version: manifest.version,
    title: manifest.title,
    summary: manifest.summary,
    publisher: manifest.publisher,
    category: manifest.category,
    tags: manifest.tags,
    tier: manifest.tier,
    capabilities: declaredCapabilities(manifest),
    needsKey: Object.keys(manifest.secrets).length > 0,
    fit: skill.fit,
    installedVersion,
  }
}

export function detailOf(
  skill: FakeSkill,
  installedVersion: string | null,
  alternative: SkillSummary | null,
): SkillDetail {
  return {
    summary: summaryOf(skill, installedVersion),
    manifest: skill.manifest,
    readme: skill.readme,
    files: skill.files.map(({ path, size, executable }) => ({ path, size, executable })),
    asks: asksOf(skill.manifest),
    cannot: cannotOf(skill.manifest),
    provenance: {
      publisher: skill.manifest.publisher,
      publishedAt: '2026-11-10T09:30:00Z',
      reviewedAt: '2026-11-12T12:00:00Z',
      reviewer: 'Ada Berg of Skillet',
      reviewComment: 'Small and easy to follow. It touches nothing but the file it is given.',
      keyid: '7f1c9a0be25d4f3388aa01c4d2e6b9f05c3e7712ab90dd4418f6e2c3a5b7d901',
      registry: 'http://127.0.0.1:8600',
      tarballSha256: '0d3ac4f17be2905566d1e8b7c9a2f4031b5e6d7c8f9a0b1c2d3e4f5061728394',
      tarballSize: 18_432,
      current: {
        checkedAt: new Date(Date.now() - 2 * 60_000).toISOString(),
        validUntil: new Date(Date.now() + 7 * 86_400_000).toISOString(),
      },
    },
    alternative,
  }
}
