import type { ManagedPolicy } from '../../src/shared/managed-policy.ts'

/** Of no authority; only its form counts. */
const certificate = `-----BEGIN CERTIFICATE-----\n${'MIIB'.repeat(16)}\n-----END CERTIFICATE-----\n`

/** A policy with a value for every key there is, and for every key inside. */
export const wholePolicy: Required<ManagedPolicy> = {
  organisation: 'Example Ltd',
  support: {
    name: 'IT help desk',
    email: 'help@example.com',
    url: 'https://help.example.com/skillet',
    phone: '+44 20 7946 0000',
  },
  language: 'de',
  branding: { name: 'Example Skills', accent: '#0a5c36', logo: '/etc/skillet/logo.svg' },
  registries: [
    { url: 'https://skills.example.com', root_sha256: 'a'.repeat(64) },
    { url: 'https://mirror.example.com:8443/skills', root: { signed: { version: 1 }, signatures: [] } },
  ],
  publishers: { allow: ['skillet-labs', 'example-tools'], block: ['acme'] },
  skills: {
    allow: ['csv-profile', 'notes@>=1.0.0 <2.0.0'],
    block: ['csv-profile@<1.2.0', 'web-search'],
    preinstall: [
      { skill: 'notes@1.2.0', grant: ['fs:write', 'net=api.example.com,b.example.com:8443'], required: true },
    ],
  },
  ceiling: {
    capabilities: ['fs:read', 'net'],
    fs_write_roots: ['state:*', 'input:*'],
    net_hosts: ['api.example.com'],
    secrets: ['EXAMPLE_API_KEY'],
    exec: ['git'],
    limits: {
      timeout_s: 60,
      memory_mb: 1024,
      runs_per_day: 10,
      requests_per_run: 5,
      egress_mb_per_day: 1,
    },
  },
  unsigned: 'forbidden',
  key_storage: ['keychain', 'session'],
  telemetry: 'off',
  updates: { mode: 'pinned', version: '1.2.3', mirror: 'https://updates.example.com/skillet' },
  agents: { allow: ['claude-code', 'codex'] },
  bridge: { enabled: false, token_days: 30 },
  certificates: { mode: 'replace', authorities: [certificate] },
  proxy: { url: 'http://proxy.example.com:3128', except: ['skills.example.com'] },
  fleet_key: { file: '/etc/skillet/fleet.key' },
}
