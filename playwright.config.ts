import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.e2e.ts',
  outputDir: 'test-results/e2e',
  timeout: 120_000,
  workers: 1,
  // A real window on a busy computer now and then doesn't come up; what passes only then is named at the end.
  retries: 1,
  reporter: [['list']],
})
