import { describe, expect, it } from 'vitest';
import { productionChecks } from '#app/(app)/organization/production-checks.ts';
import type { System } from '#app/data/settings-types.ts';

const GB = 1024 ** 3;
const ready: System = {
  version: '1.0.0',
  database: 'sqlite',
  sandbox: { level: 3, layers: [] },
  operation: {
    publicUrl: 'https://patchbay.example',
    databaseVersion: 'SQLite 3',
    encryptionKey: 'environment',
    egressAllow: [],
    storage: { databaseBytes: 1, documentBytes: 1, freeBytes: 20 * GB },
  },
};
const missing = (system: System) => productionChecks(system).flatMap(({ todo }) => todo ?? []);

describe('what is missing for production', () => {
  it('is nothing where all is set', () => {
    expect(missing(ready)).toEqual([]);
    expect(productionChecks(ready)).toHaveLength(4);
  });

  it('is each thing by itself, with what to do', () => {
    const operation = ready.operation!;
    const cases: [System, RegExp][] = [
      [{ ...ready, operation: { ...operation, publicUrl: 'http://localhost:3000' } }, /PUBLIC_URL/],
      [{ ...ready, operation: { ...operation, encryptionKey: 'file' } }, /ENCRYPTION_KEY/],
      [{ ...ready, sandbox: { level: 1, layers: [] } }, /bubblewrap/],
      [
        { ...ready, operation: { ...operation, storage: { ...operation.storage, freeBytes: 0.4 * GB } } },
        /Make room/,
      ],
    ];
    for (const [system, words] of cases) expect(missing(system)).toEqual([expect.stringMatching(words)]);
  });

  it('is told to those who run it only', () => {
    expect(productionChecks({ ...ready, operation: null })).toEqual([]);
  });
});
