import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: '.',
  testMatch: '*.packaged.ts',
  outputDir: '../../test-results/packaged',
  timeout: 60_000,
  workers: 1,
  reporter: [['list']],
})
