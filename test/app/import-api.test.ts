import { expect, test } from 'vitest';
import { filtered, NO_FILTER } from '#app/apis/operation-filter.ts';
import { depthOf, leavesOf, stateOf, toggled } from '#app/apis/response-choice.ts';

const fields = ['data', 'data[].id', 'data[].owner', 'data[].owner.login', 'data[].owner.name', 'next'].map(
  (path) => ({
    path,
  }),
);
const leaves = ['data[].id', 'data[].owner.login', 'data[].owner.name', 'next'];

test('what is passed on of an answer is a set of its leaves', () => {
  expect(leavesOf(fields)).toEqual(leaves);
  expect(fields.map(({ path }) => stateOf(path, fields, undefined))).toEqual(fields.map(() => true));
  const chosen = ['data[].id', 'data[].owner.login'];
  expect(fields.map(({ path }) => stateOf(path, fields, chosen))).toEqual([
    'indeterminate',
    true,
    'indeterminate',
    true,
    false,
    false,
  ]);
  expect(fields.map(({ path }) => depthOf(path))).toEqual([0, 1, 1, 2, 2, 0]);
});

test('a field is switched off and on with all that lies in it; all of them are no choice', () => {
  expect(toggled('data', fields, undefined)).toEqual(['next']);
  expect(toggled('data[].owner', fields, ['next'])).toEqual([
    'data[].owner.login',
    'data[].owner.name',
    'next',
  ]);
  expect(toggled('data[].owner', fields, ['data[].owner.login'])).toEqual([
    'data[].owner.login',
    'data[].owner.name',
  ]);
  expect(toggled('next', fields, leaves.slice(0, 3))).toBeUndefined();
});

test('operations are found by every word, tag and method, the dearest first where that is asked for', () => {
  const operation = (id: string, tag: string, tokens: number) => ({
    id,
    method: id.split(' ')[0]!,
    path: id.split(' ')[1]!,
    tag,
    name: id.toLowerCase().replaceAll(/\W+/g, '_'),
    title: `Title of ${id}`,
    deprecated: false,
    tokens,
    scheme: null,
    server: null,
    faults: [],
  });
  const all = [
    operation('GET /pets', 'pets', 10),
    operation('POST /pets', 'pets', 30),
    operation('GET /owners', 'people', 20),
  ];
  const found = (filter: Partial<typeof NO_FILTER>) =>
    filtered(all, { ...NO_FILTER, ...filter }).map(({ id }) => id);
  expect(found({ search: 'pets get' })).toEqual(['GET /pets']);
  expect(found({ tag: 'people' })).toEqual(['GET /owners']);
  expect(found({ method: 'GET', sort: 'dearest' })).toEqual(['GET /owners', 'GET /pets']);
  expect(found({ search: 'nothing' })).toEqual([]);
});
