import { defineConfig } from 'vitest/config';

/** What measures or ends its own process, or stops its clocks. */
const ALONE = [
  'test/sandbox/*.test.ts',
  'test/gateway/live-projects.test.ts',
  'test/gateway/streams-idle.test.ts',
  'test/gateway/websocket.test.ts',
];

/** What talks to a whole server, in this process or beside it. */
const SERVERS = ['test/{acceptance,api,conformance,gateway,oauth,remote-mcp}/**/*.test.ts'];

/** What ends a test that hangs: far more than any takes, as a busy machine is no fault of the code; in CI it gets a second go. */
const timeouts = { testTimeout: 120_000, hookTimeout: 180_000, retry: process.env['CI'] ? 1 : 0 };

/**
 * Files of `alone` have a process each. Those of the others follow one another in the same few processes, so that what
 * they import is read once and not two hundred times; they leave nothing behind but what their imports keep.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    // More than there are cores in CI: many tests wait for a process that starts.
    maxWorkers: 3,
    projects: [
      { test: { ...timeouts, name: 'alone', include: ALONE } },
      { test: { ...timeouts, name: 'servers', include: SERVERS, exclude: ALONE, isolate: false } },
      {
        test: {
          ...timeouts,
          name: 'units',
          include: ['test/**/*.test.ts'],
          exclude: [...ALONE, ...SERVERS],
          isolate: false,
        },
      },
    ],
  },
});
