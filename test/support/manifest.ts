import { skillManifestSchema, type SkillManifest } from '../../src/shared/skill-manifest.ts'

/** A whole, valid manifest from the parts that a test is about; pure by default. */
export function manifestOf(parts: Record<string, unknown> = {}): SkillManifest {
  return skillManifestSchema.parse({
    schema: 1,
    slug: 'sample',
    version: '1.0.0',
    title: 'Sample',
    summary: 'A sample.',
    publisher: 'skillet-labs',
    license: 'Apache-2.0',
    category: 'data',
    run: { command: ['python3', 'scripts/main.py'] },
    ...parts,
  })
}

/** Uses every capability there is. */
export const everything = {
  capabilities: { 'fs:read': 'r', 'fs:write': 'w', net: 'n', 'env:read': 'e', exec: 'x' },
  sandbox: {
    network: ['api.example.com', 'cdn.example.com'],
    write: ['traces', '.context'],
    exec: ['python3', 'git', 'pandoc'],
  },
  secrets: {
    ONE_KEY: { title: 'One', hosts: ['api.example.com'] },
    TWO_KEY: { title: 'Two', hosts: ['cdn.example.com'], required: false },
  },
  run: {
    command: ['python3', 'scripts/main.py'],
    inputs: {
      file: { type: 'file', title: 'File' },
      out: { type: 'folder', title: 'Folder', writable: true },
    },
  },
}
