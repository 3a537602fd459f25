import type { CatalogEntry } from '../../src/shared/catalog.ts'
import { categories } from '../../src/shared/skill-manifest.ts'

/** Numbers that look random and are the same each time (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Language {
  readonly share: number
  readonly verbs: string
  readonly things: string
  readonly rest: string
  /** Between two words. */
  readonly gap: string
}

const languages: readonly Language[] = [
  {
    share: 0.78,
    verbs:
      'Summarise Convert Compare Extract Clean Rename Merge Split Translate Check Validate Profile Sort Tag Resize Crop Redact Search Index Watch Back-up Encrypt Compress Format Lint Review Draft Rewrite Explain Count Chart Plan Schedule Collect Archive Deduplicate Annotate Measure Monitor Publish Import Export Sync Group Label Transcribe Proofread Anonymise Render Sample',
    things:
      'invoices contracts photos spreadsheets tables logs emails meeting notes receipts bank statements CSV files PDF documents Markdown pages changelogs pull requests commits unit tests coverage reports database dumps JSON feeds YAML settings calendars contacts recipes podcasts subtitles screenshots folders downloads backups passwords certificates API responses Docker images Kubernetes clusters Terraform plans shell scripts Python notebooks TypeScript projects Rust crates translations citations bibliographies lecture slides tickets surveys sales figures budgets tax forms maps weather data sensor readings audio recordings video clips',
    rest: 'for teams that share one folder and want the same result every time without sending anything elsewhere reads what you choose writes a short report explains each step keeps the original works offline handles large files quickly finds gaps outliers and duplicates points at amounts dates and names that changed asks before it overwrites suited to weekly reviews legal work research accounting support and small shops with many old documents',
    gap: ' ',
  },
  {
    share: 0.06,
    verbs: 'Prüfen Vergleichen Zusammenfassen Übersetzen Umwandeln Aufräumen Auswerten',
    things:
      'Rechnungen Verträge Tabellen Steuererklärungen Kontoauszüge Besprechungsnotizen Fotos Größenangaben',
    rest: 'liest die gewählten Dateien schreibt einen kurzen Bericht läuft ohne Netz und fragt vor jeder Änderung für Büros und Vereine geeignet zeigt Lücken Ausreißer und doppelte Einträge',
    gap: ' ',
  },
  {
    share: 0.05,
    verbs: 'Résumer Comparer Vérifier Traduire Convertir Classer',
    things: 'factures contrats tableaux réunions relevés courriels reçus thèses',
    rest: 'lit les fichiers choisis écrit un rapport court marche sans réseau pour équipes et associations repère les écarts et les doublons',
    gap: ' ',
  },
  {
    share: 0.05,
    verbs: 'Сравнить Перевести Проверить Сократить Разобрать',
    things: 'договоры счета таблицы письма отчёты фотографии',
    rest: 'читает выбранные файлы пишет короткий отчёт работает без сети для команд и небольших магазинов находит пропуски и повторы',
    gap: ' ',
  },
  {
    share: 0.06,
    verbs: '要約する 比較する 翻訳する 検査する 変換する 整理する',
    things: '請求書を 契約書を 表計算ファイルを 議事録を 写真を 領収書を',
    rest: '選んだファイルを読み 短い報告を書きます。 ネットワークなしで動き 変更の前に確認します。 重複や抜けを見つけ 金額と日付の違いを示します。',
    gap: '',
  },
]

/** Names of products and people, as varied as those that real catalogs are full of. */
function createNames(random: () => number, count: number): string[] {
  const parts =
    'al an ar ba be bo ca ce co da de di do el en er fa fi fo ga ge gi ha he hu in is ja jo ka ke ki la le li lo lu ma me mi mo na ne ni no or pa pe pi qua ra re ri ro sa se si so ta te ti to tri un va ve vi vo wa we xi ya ze zo'.split(
      ' ',
    )
  const names = new Set<string>()
  while (names.size < count) {
    const length = 2 + Math.floor(random() * 3)
    names.add(Array.from({ length }, () => parts[Math.floor(random() * parts.length)]).join(''))
  }
  return [...names]
}

/** A catalog of so many skills, sorted by slug: several languages, common and rare words, the same each time. */
export function syntheticCatalog(count: number): CatalogEntry[] {
  const random = createRandom(7)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const names = createNames(random, 30_000)
  const publishers = names.slice(0, 4000)
  const split = languages.map((language) => ({
    ...language,
    verbs: language.verbs.split(' '),
    things: language.things.split(' '),
    rest: language.rest.split(' '),
  }))
  const pickLanguage = () => {
    let left = random()
    return split.find(({ share }) => (left -= share) < 0) ?? split[0]!
  }
  // Few words are in most texts and most are in few: the square puts the first names of the list ahead.
  const pickName = () => names[Math.floor(random() ** 2 * names.length)]!
  const sentence = ({ rest, gap }: (typeof split)[number]) => {
    const start = Math.floor(random() * rest.length)
    const words = Array.from(
      { length: 8 + Math.floor(random() * 14) },
      (_, at) => rest[(start + at) % rest.length],
    )
    return words.join(gap).slice(0, 190)
  }
  const slugs = new Set<string>()
  const entries: CatalogEntry[] = []
  while (entries.length < count) {
    const language = pickLanguage()
    const [verb, thing, other, name] = [
      pick(language.verbs),
      pick(language.things),
      pick(language.things),
      pickName(),
    ]
    const english = [pick(split[0]!.verbs), pick(split[0]!.things), name].join('-').toLowerCase()
    const slug = slugs.has(english) ? `${english}-${Math.floor(random() * 10_000)}` : english
    if (slugs.has(slug) || slug.length > 64) continue
    slugs.add(slug)
    const capabilities = (['fs:read', 'fs:write', 'net', 'env:read', 'exec'] as const).filter(
      () => random() < 0.4,
    )
    entries.push({
      slug,
      version: `${Math.floor(random() * 4)}.${Math.floor(random() * 12)}.${Math.floor(random() * 20)}`,
      title: [verb, thing, random() < 0.5 ? other : '', `(${name})`]
        .filter(Boolean)
        .join(language.gap || ' ')
        .slice(0, 80),
      summary: `${sentence(language)} ${pickName()}.`,
      publisher: pick(publishers),
      category: pick(categories),
      tags: [...new Set([thing, other, pickName()].map((tag) => tag.toLowerCase()))].filter((tag) =>
        /^[a-z0-9]+$/.test(tag),
      ),
      tier: random() < 0.8 ? 'free' : 'cook',
      capabilities,
      needsKey: capabilities.includes('env:read'),
      requires: {
        os: random() < 0.7 ? [] : ['linux', 'macos'],
        arch: [],
        memory_mb: pick([0, 256, 512, 2048, 16_384]),
        disk_mb: pick([0, 10, 500]),
        vram_mb: random() < 0.97 ? 0 : 8192,
        executables: pick([[], ['python3'], ['node'], ['git', 'python3'], ['ffmpeg']]),
      },
      alternatives: [],
      publishedAt: new Date(Date.UTC(2026, 0, 1) + Math.floor(random() * 3e10)).toISOString(),
    })
  }
  return entries.sort((a, b) => (a.slug < b.slug ? -1 : 1))
}

/** What people type, each letter of it; the last of each is the whole. */
export const typed = [
  'csv profile',
  'summarise meeting notes',
  'invoices',
  'compare contracts',
  'pdf',
  'photo resize',
  'kubernetes',
  'tax forms offline',
  'duplicate receipts',
  'Größe',
  'résumer',
  'rechnungen prüfen',
  'сравнить договоры',
  '請求書 要約',
  'talero',
  'json api',
  'c',
  'xylophone',
].flatMap((text) => [...text].map((_, at, letters) => letters.slice(0, at + 1).join('')))
