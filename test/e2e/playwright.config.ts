import { defineConfig } from '@playwright/test';

/** The longest begin, so that none of them is left over in the end with nothing beside it. */
const LONG = ['walk.spec.ts', 'together.spec.ts', 'waiting.spec.ts', 'try.spec.ts', 'canvas.spec.ts'];

export default defineConfig({
  testDir: '.',
  projects: [
    { name: 'long', testMatch: LONG },
    { name: 'short', testMatch: '*.spec.ts', testIgnore: LONG },
  ],
  outputDir: '../../test-results',
  timeout: 120_000,
  expect: { timeout: 15_000 },
  // Each has a server and a browser of its own. More would only wait for the two cores that CI has.
  workers: 2,
  forbidOnly: !!process.env.CI,
  // Told as flaky where it passes at its second go: a machine that stalls must not stand for a fault.
  retries: process.env.CI ? 1 : 0,
  // scripts/test.mjs asks for the report by this variable; without it the JSON would go to the terminal.
  reporter: process.env['PLAYWRIGHT_JSON_OUTPUT_FILE'] ? [['list'], ['json']] : [['list']],
  use: {
    headless: true,
    viewport: { width: 1440, height: 900 },
    // A trace costs as much as the story itself: `playwright test --trace retain-on-failure` makes one.
    trace: 'off',
    screenshot: 'only-on-failure',
    // Nothing waits for what slides in; graph.spec.ts runs with motion.
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
