import { fuzzArchives, type FuzzOptions } from './fuzz-archives.ts'

// One process of `scripts/fuzz-archives.mjs`, which bundles it; its argument is FuzzOptions in JSON.
const report = await fuzzArchives(JSON.parse(process.argv[2]!) as FuzzOptions)
process.stdout.write(`${JSON.stringify(report)}\n`)
process.exitCode = report.failure === null ? 0 : 1
