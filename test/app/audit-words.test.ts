import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ABOUT, actorWords, auditWords } from '#app/(app)/organization/audit/audit-words.ts';

const root = join(import.meta.dirname, '../..');

/** Actions as the source writes them into the log. */
const actions = ['lib/db', 'lib/operations']
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name)))
  .filter((path) => path.endsWith('.ts'))
  .flatMap((path) => readFileSync(path, 'utf8').split('\n'))
  .filter((line) => /\baction: |\bsettle\(/.test(line))
  .flatMap((line) => [...line.matchAll(/'([a-z]+\.[a-z_]+)'/g)])
  .map(([, action]) => action!);

test('every action that is recorded has words, and can be filtered for', () => {
  expect(actions.length).toBeGreaterThan(20);
  expect(actions.filter((action) => auditWords(action) === action)).toEqual([]);
  expect(actions.filter((action) => !Object.hasOwn(ABOUT, action.split('.')[0]!))).toEqual([]);
});

test('says what was done, and by whom', () => {
  expect(auditWords('workflow.publish')).toBe('Published a workflow');
  expect(auditWords('session.create')).toBe('Signed in');
  expect(auditWords('made.up')).toBe('made.up');
  expect(actorWords({ type: 'user', id: 'u', name: 'Ada' })).toBe('Ada');
  expect(actorWords({ type: 'user', id: 'u', name: null })).toBe('Somebody who is gone');
  expect(actorWords({ type: 'system', id: null, name: null })).toBe('The server');
});
