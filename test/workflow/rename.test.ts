import { describe, expect, it, test } from 'vitest';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import { renameKey } from '#lib/workflow/expression.ts';
import { stepNames } from '#lib/workflow/javascript-references.ts';
import { renameArgument } from '#lib/workflow/rename.ts';
import { answers, codes, documentOf, sets, takes } from './documents.ts';

/** A text of a template, after the step `fetch` was renamed to `load`. */
function renamed(text: string): unknown {
  const document = documentOf({ fetch: sets({}), after: sets({ text }) }, []);
  return (renameKey(document, 'fetch', 'load', kinds).nodes[1]!.config as { values: { text: string } }).values
    .text;
}

/** Code, after the same. */
function renamedCode(code: string): unknown {
  const document = documentOf({ fetch: sets({}), after: codes(code) }, []);
  return renameKey(document, 'fetch', 'load', kinds).nodes[1]!.config['code'];
}

describe('renaming a step', () => {
  test.each<[string, string]>([
    ['{{ steps.fetch.body }}', '{{ steps.load.body }}'],
    [
      '{{steps.fetch?.a+steps.fetch.b}} and {{ steps . fetch }}',
      '{{steps.load?.a+steps.load.b}} and {{ steps . load }}',
    ],
    ['{{ steps["fetch"].a }}{{ steps[\'fetch\'] }}', '{{ steps["load"].a }}{{ steps[\'load\'] }}'],
    ['{{ input.list.map((x) => x + steps.fetch.n) }}', '{{ input.list.map((x) => x + steps.load.n) }}'],
    ['{{ `${steps.fetch.a}` }}', '{{ `${steps.load.a}` }}'],
    [
      '{{ { fetch: steps.fetch, a: steps.fetch.fetch } }}',
      '{{ { fetch: steps.load, a: steps.load.fetch } }}',
    ],
    [
      '{{ input.fetch }} {{ env.fetch }} {{ steps.fetch2 }} {{ steps.a.fetch }}',
      '{{ input.fetch }} {{ env.fetch }} {{ steps.fetch2 }} {{ steps.a.fetch }}',
    ],
    [
      'steps.fetch {{ "steps.fetch" }} {{ /* steps.fetch */ 1 }}',
      'steps.fetch {{ "steps.fetch" }} {{ /* steps.fetch */ 1 }}',
    ],
    ['{{ input.list.map((steps) => steps.fetch) }}', '{{ input.list.map((steps) => steps.fetch) }}'],
    ['{{ steps.fetch }} {{ 1 + }} {{ steps.fetch }}', '{{ steps.load }} {{ 1 + }} {{ steps.load }}'],
    ['{{ steps.fetch + nope() }}', '{{ steps.load + nope() }}'],
  ])('%s', (before, after) => {
    expect(renamed(before)).toBe(after);
  });

  test.each<[string, string]>([
    ['return steps.fetch.body;', 'return steps.load.body;'],
    ['return steps["fetch"]?.a + steps.fetch.b', 'return steps["load"]?.a + steps.load.b'],
    ['const { fetch } = steps; return fetch.a', 'const { load: fetch } = steps; return fetch.a'],
    ['const { fetch: a, other } = steps; return a', 'const { load: a, other } = steps; return a'],
    [
      'const fetch = 1; return fetch + input.fetch // steps.fetch',
      'const fetch = 1; return fetch + input.fetch // steps.fetch',
    ],
    [
      'const f = (steps) => steps.fetch; return f({ fetch: 1 })',
      'const f = (steps) => steps.fetch; return f({ fetch: 1 })',
    ],
    ['return "steps.fetch"', 'return "steps.fetch"'],
    ['return steps.fetch +', 'return steps.fetch +'],
  ])('in code: %s', (before, after) => {
    expect(renamedCode(before)).toBe(after);
  });

  it('gives a new document and leaves the old one, and what does not change is shared', () => {
    const document = documentOf(
      {
        start: takes(),
        fetch: sets({ a: 1 }),
        mid: sets({ v: ['{{ steps.fetch.a }}', 'x'] }),
        end: answers('{{ steps.fetch.a }} {{ steps.mid.v }}'),
      },
      ['start -> fetch', 'fetch -> mid', 'mid -> end'],
    );
    const before = JSON.stringify(document);
    const after = renameKey(document, 'fetch', 'load', kinds);
    expect(JSON.stringify(document)).toBe(before);
    expect(after.nodes.map(({ key }) => key)).toEqual(['start', 'load', 'mid', 'end']);
    expect(after.nodes[0]).toBe(document.nodes[0]);
    expect(after.edges).toBe(document.edges);
    expect(compile(after, kinds).problems).toEqual([]);
    expect(renameKey(after, 'load', 'fetch', kinds)).toEqual(document);
  });

  it('of a name nobody has changes nothing', () => {
    const document = documentOf({ a: sets({ v: '{{ steps.b }}' }) }, []);
    expect(renameKey(document, 'zz', 'yy', kinds)).toBe(document);
    expect(renameKey(document, 'a', 'a', kinds)).toBe(document);
  });

  it('bears a document with kinds and configs it does not know', () => {
    const document = documentOf(
      {
        fetch: { kind: 'teleport', config: { v: '{{ steps.fetch }}' } },
        b: { kind: 'http', config: { url: 7 } },
      },
      [],
    );
    expect(renameKey(document, 'fetch', 'load', kinds).nodes.map(({ key }) => key)).toEqual(['load', 'b']);
  });
});

describe('names of steps in code', () => {
  it('are found wherever code may be', () => {
    const code =
      'for (const x of steps.a.list) { await http.get(`${steps.b.url}/${x}`); } class C { m() { return steps["c"]; } }';
    expect(stepNames(code).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('are not those of something else called steps', () => {
    for (const code of [
      'let steps = {}; return steps.a',
      'function steps() {} return steps.a',
      'return (steps => steps.a)({})',
    ]) {
      expect(stepNames(code)).toEqual([]);
    }
  });
});

describe('renaming an argument', () => {
  /** A document that reads the argument `text`, after it was renamed. */
  function renamedTo(name: string, config: { text?: string; code?: string }): unknown {
    const document = documentOf(
      { start: takes({}), shape: sets({ text: config.text ?? '' }), code: codes(config.code ?? '0') },
      [],
    );
    const [, shape, code] = renameArgument(document, 'text', name, kinds).nodes;
    return config.code === undefined
      ? (shape!.config as { values: { text: string } }).values.text
      : code!.config['code'];
  }

  test.each<[string, string, string]>([
    ['{{ input.text.trim() }} {{input["text"]}}', 'name', '{{ input.name.trim() }} {{input["name"]}}'],
    ['{{ steps.start.text + steps.shape.text }}', 'name', '{{ steps.start.name + steps.shape.text }}'],
    ['{{ input.texts }} input.text {{ env.text }}', 'name', '{{ input.texts }} input.text {{ env.text }}'],
    ['{{ input.text.length }}', 'order-id', "{{ input['order-id'].length }}"],
    ['{{ input?.text }} {{ input["text"] }}', 'o"x', '{{ input?.[\'o"x\'] }} {{ input["o\\"x"] }}'],
  ])('%s, to %s', (text, name, after) => {
    expect(renamedTo(name, { text })).toBe(after);
  });

  test.each<[string, string, string]>([
    ['return input.text + input["text"]', 'name', 'return input.name + input["name"]'],
    ['const { text } = input; return text', 'name', 'const { name: text } = input; return text'],
    ['const { text } = input; return text', 'a b', "const { 'a b': text } = input; return text"],
    ['const { text: t } = input; return t', 'a b', "const { 'a b': t } = input; return t"],
    ['return input.text', 'a b', "return input['a b']"],
    ['const input = {}; return input.text', 'name', 'const input = {}; return input.text'],
    ['return steps.text // input.text', 'name', 'return steps.text // input.text'],
  ])('%s, to %s', (code, name, after) => {
    expect(renamedTo(name, { code })).toBe(after);
  });

  test('what settings say about it follows', () => {
    const document = {
      ...documentOf({ start: takes({}) }, []),
      settings: {
        completions: {
          text: { type: 'list' as const, values: ['a'] },
          other: { type: 'list' as const, values: [] },
        },
        resource: { uri: 'notes://{text}/{+text*}{?a,text:3}/text' },
      },
    };
    const { settings } = renameArgument(document, 'text', 'name', kinds);
    expect(Object.keys(settings.completions ?? {})).toEqual(['name', 'other']);
    expect(settings.resource?.uri).toBe('notes://{name}/{+name*}{?a,name:3}/text');
    expect(renameArgument(document, 'text', 'a b', kinds).settings.resource?.uri).toBe(
      document.settings.resource.uri,
    );
    expect(renameArgument(document, 'gone', 'name', kinds)).toBe(document);
  });
});
