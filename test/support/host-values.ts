import type { Receipt, RunResult } from '../../src/shared/receipt.ts'
import { skillManifestSchema } from '../../src/shared/skill-manifest.ts'

/** A manifest with one input of each type. */
export const skillManifest = skillManifestSchema.parse({
  schema: 1,
  slug: 'csv-profile',
  version: '1.2.0',
  title: 'CSV profile',
  summary: 'Types, ranges, gaps and outliers of every column of a CSV file.',
  publisher: 'skillet-labs',
  license: 'Apache-2.0',
  category: 'data',
  capabilities: { 'fs:read': 'Reads the CSV file that you choose.', 'fs:write': 'Writes the report.' },
  sandbox: { write: ['reports'] },
  run: {
    command: ['python3', 'scripts/profile.py'],
    inputs: {
      file: { type: 'file', title: 'CSV file', required: true, extensions: ['csv'] },
      folder: { type: 'folder', title: 'Folder' },
      name: { type: 'string', title: 'Name' },
      rows: { type: 'number', title: 'Rows' },
      strict: { type: 'boolean', title: 'Strict' },
      header: { type: 'choice', title: 'Header', options: ['auto', 'yes', 'no'], default: 'auto' },
    },
  },
})

export const emptyReceipt: Receipt = {
  read: [],
  written: [],
  contacted: [],
  refused: [],
  memoryMb: 41,
  requests: 0,
  bytesOut: 0,
  bytesIn: 0,
  writtenMb: 0,
  redacted: [],
  limits: {
    timeoutMs: 30_000,
    memoryMb: 512,
    processes: 64,
    writtenMb: 512,
    outputMb: 8,
    requests: 100,
    bytesOut: 50 * 1024 * 1024,
  },
  left: { runs: 199, bytesOut: 50 * 1024 * 1024 },
  sandbox: 'bubblewrap',
  journal: { seq: 42, hash: '4f'.repeat(32) },
}

export function runResult(change: Partial<RunResult> = {}): RunResult {
  return {
    exitCode: 0,
    signal: null,
    reason: 'exit',
    stdout: 'done\n',
    stderr: '',
    durationMs: 812,
    receipt: emptyReceipt,
    ...change,
  }
}
