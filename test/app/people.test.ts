import { describe, expect, test } from 'vitest';
import { sideWords } from '#app/canvas/system/conflict-words.ts';
import { type MergeConflict, mergeDocuments } from '#app/canvas/system/merge.ts';
import {
  changeWords,
  doneWords,
  eachOnce,
  editorOf,
  initials,
  type Person,
} from '#app/canvas/system/people.ts';
import { kinds } from '#lib/nodes/index.ts';
import { drawing } from './canvas-support.ts';

const person = (name: string, more: Partial<Person> = {}): Person => ({
  userId: name,
  window: `${name} 1`,
  name,
  you: false,
  selected: null,
  editing: null,
  since: 0,
  ...more,
});

describe('people at a workflow', () => {
  test('are shown by their initials', () => {
    expect(
      ['Ada Lovelace', 'grace', 'Jean-Luc van den Berg', '  ', 'Émile Zola', '🙂 Smiley'].map(initials),
    ).toEqual(['AL', 'G', 'JB', '?', 'ÉZ', 'S']);
  });

  test('once each, however many windows they have', () => {
    const people = [person('Ada'), person('Grace'), person('Ada', { window: 'Ada 2', selected: 'x' })];
    expect(eachOnce(people).map(({ name, selected }) => [name, selected])).toEqual([
      ['Ada', 'x'],
      ['Grace', null],
    ]);
  });

  test('a step is whose who typed first', () => {
    const people = [person('Ada', { editing: 'x', since: 20 }), person('Grace', { editing: 'x', since: 10 })];
    expect(editorOf(people, 'x')?.name).toBe('Grace');
    expect(editorOf(people, 'y')).toBeNull();
  });

  test('what they do is told in a sentence', () => {
    const changes = ['Changed fetch_order', 'Added reply', 'Changed the title'].map((text) => ({ text }));
    expect(changeWords('Ada', changes)).toBe('Ada changed fetch_order and 2 other things');
    expect(changeWords('Ada', changes.slice(0, 2))).toBe('Ada changed fetch_order and one other thing');
    expect(changeWords(null, changes.slice(0, 1))).toBe('Somebody changed fetch_order');
    expect(changeWords('Ada', [])).toBeNull();
    expect(doneWords({ what: 'published', by: 'Ada' }, 4)).toBe('Ada published v4');
    expect(doneWords({ what: 'rolled_back', by: 'Ada' }, 3)).toBe('Ada rolled back to v3');
    expect(doneWords({ what: 'unpublished', by: null }, null)).toBe('Somebody unpublished this workflow');
  });
});

describe('what both changed, in words', () => {
  const base = drawing({ start: 'input', load: 'http', answer: 'output' }, ['start>load', 'load>answer']);
  const conflicts = (mine: typeof base, theirs: typeof base): MergeConflict[] =>
    mergeDocuments({ base, mine, theirs }, kinds).conflicts;
  const changed = (document: typeof base, config: Record<string, string>): typeof base => ({
    ...document,
    nodes: document.nodes.map((node) =>
      node.key === 'load' ? { ...node, config: { ...node.config, ...config } } : node,
    ),
  });

  test('a deleted step against a changed one', () => {
    const gone = { ...base, nodes: base.nodes.filter(({ key }) => key !== 'load'), edges: [] };
    const [conflict] = conflicts(gone, changed(base, { url: 'https://b.example', method: 'POST' }));
    expect(sideWords(conflict!, 'mine').words).toBe('Deleted the step');
    expect(sideWords(conflict!, 'theirs').words).toMatch(/^Changed (url, method|method, url)$/);
  });

  test('two new names', () => {
    const renamed = (key: string) => ({
      ...base,
      nodes: base.nodes.map((node) => (node.key === 'load' ? { ...node, key } : node)),
    });
    const [conflict] = conflicts(renamed('get_order'), renamed('fetch_order'));
    expect([sideWords(conflict!, 'mine').words, sideWords(conflict!, 'theirs').words]).toEqual([
      'Renamed it to get_order',
      'Renamed it to fetch_order',
    ]);
  });

  test('a text line by line, what did not change far from it left out', () => {
    const text = Array.from({ length: 12 }, (_, at) => `line ${at}`).join('\n');
    const conflict = {
      id: 'description',
      place: '',
      base: text,
      mine: text.replace('line 9', 'mine'),
      theirs: '',
    };
    expect(sideWords(conflict, 'mine').lines.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'left-out 7 unchanged lines',
      'same line 7',
      'same line 8',
      'removed line 9',
      'added mine',
      'same line 10',
      'same line 11',
    ]);
    const list = { id: 'settings/x', place: '', base: [1], mine: [1, 2], theirs: [] };
    expect(sideWords(list, 'mine').lines.filter(({ kind }) => kind === 'added')).toContainEqual({
      kind: 'added',
      text: '  2',
    });
  });

  test('places that are none of a step have names, too', () => {
    const titled = (title: string) => ({ ...base, title, settings: { timeoutMs: title.length * 1000 } });
    expect(conflicts(titled('a'), titled('bb')).map(({ place }) => place)).toEqual([
      'title of the workflow',
      'setting timeoutMs of the workflow',
    ]);
  });
});
