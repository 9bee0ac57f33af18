import { describe, expect, it } from 'vitest';
import { kinds } from '#lib/nodes/index.ts';
import { compile } from '#lib/workflow/compile.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { fromTexts } from '#lib/workflow/text-arguments.ts';
import { answers, documentOf, takes } from './documents.ts';

function compiled(kind: string, settings: JsonObject, properties: JsonObject = {}, more: JsonObject = {}) {
  const steps = { arguments: takes(properties, more), answer: answers('done') };
  return compile(documentOf(steps, ['arguments -> answer'], { kind, settings }), kinds);
}

const codes = (result: ReturnType<typeof compiled>) => result.problems.map(({ code }) => code);

describe('a resource', () => {
  it('has a URI of its own', () => {
    const { contract, problems } = compiled('resource', {
      resource: {
        uri: 'orders://open',
        mimeType: 'text/markdown',
        annotations: { priority: 0.5 },
        pollMs: 60_000,
      },
    });
    expect(problems).toEqual([]);
    expect(contract).toMatchObject({
      kind: 'resource',
      resource: {
        uri: 'orders://open',
        mimeType: 'text/markdown',
        annotations: { priority: 0.5 },
        pollMs: 60_000,
      },
    });
    expect(contract).not.toHaveProperty('arguments');
  });

  it('has the arguments of its template', () => {
    const settings = {
      resource: { uri: 'orders://{id}{?full}' },
      completions: { id: { type: 'list', values: ['1', '2'] } },
    };
    const { contract, problems } = compiled('resource', settings, {
      id: { type: 'integer' },
      full: { type: 'boolean' },
    });
    expect(problems).toEqual([]);
    expect(contract).toMatchObject({
      resource: { uriTemplate: 'orders://{id}{?full}' },
      completions: { id: { type: 'list', values: ['1', '2'] } },
    });
  });

  it.each<[string, JsonObject, JsonObject, string[]]>([
    ['no URI', {}, {}, ['uri_missing']],
    ['an empty URI', { resource: { uri: ' ' } }, {}, ['uri_missing']],
    ['a URI without a scheme', { resource: { uri: 'orders' } }, {}, ['uri_invalid']],
    ['a URI of a knowledge base', { resource: { uri: 'knowledge://a/b' } }, {}, ['uri_reserved']],
    ['arguments without a template', { resource: { uri: 'a://b' } }, { c: {} }, ['uri_arguments']],
    ['a variable without an argument', { resource: { uri: 'a://{b}' } }, {}, ['uri_variable_unknown']],
    ['an argument without a variable', { resource: { uri: 'a://{b}' } }, { b: {}, c: {} }, ['uri_arguments']],
    ['a list in its URI', { resource: { uri: 'a://{b}' } }, { b: { type: 'array' } }, ['argument_type']],
    ['a MIME type that is none', { resource: { uri: 'a://b', mimeType: 'text' } }, {}, ['mime_type']],
    [
      'proposals for nothing',
      { resource: { uri: 'a://b' }, completions: { x: { type: 'list', values: ['y'] } } },
      {},
      ['completion_unknown'],
    ],
    [
      'an empty proposal',
      { resource: { uri: 'a://{b}' }, completions: { b: { type: 'list', values: ['', ' '] } } },
      { b: {} },
      ['completion_empty'],
    ],
    [
      'hints of tools',
      { resource: { uri: 'a://b' }, annotations: { readOnlyHint: true } },
      {},
      ['setting_misplaced'],
    ],
  ])('with %s is not one, or is warned of', (_, settings, properties, expected) => {
    expect(codes(compiled('resource', settings, properties))).toEqual(expected);
  });
});

describe('a prompt', () => {
  it('has arguments', () => {
    const { contract, problems } = compiled(
      'prompt',
      { completions: { tone: { type: 'workflow', workflow: 'tones' } } },
      {
        topic: { type: 'string', title: 'Topic', description: 'What about.' },
        tone: { type: 'string' },
        words: { type: 'integer' },
      },
      { required: ['topic'] },
    );
    expect(problems).toEqual([]);
    expect(contract).toMatchObject({
      kind: 'prompt',
      arguments: [
        { name: 'topic', title: 'Topic', description: 'What about.', required: true },
        { name: 'tone' },
        { name: 'words' },
      ],
      completions: { tone: { type: 'workflow', workflow: 'tones' } },
    });
    expect(contract).not.toHaveProperty('resource');
  });

  it('has no URI and no arguments that are no text', () => {
    expect(codes(compiled('prompt', { resource: { uri: 'a://b' } }, { c: { type: 'object' } }))).toEqual([
      'setting_misplaced',
      'argument_type',
    ]);
  });
});

describe('a tool', () => {
  it('has nothing of the others: its contract is what it was', () => {
    const { contract } = compiled('tool', {});
    expect(Object.keys(contract ?? {})).toEqual([
      'kind',
      'name',
      'title',
      'description',
      'annotations',
      'inputSchema',
      'outputSchema',
    ]);
  });

  it('has neither a URI nor proposals', () => {
    const settings = { resource: { uri: 'a://b' }, completions: { c: { type: 'list', values: ['d'] } } };
    expect(codes(compiled('tool', settings, { c: {} }))).toEqual(['setting_misplaced', 'setting_misplaced']);
  });
});

describe('texts', () => {
  const schema = {
    type: 'object',
    properties: {
      whole: { type: 'integer' },
      part: { type: ['number', 'null'] },
      is: { type: 'boolean' },
      text: { type: 'string' },
      any: {},
    },
  };

  it('are read as numbers and truth values where the schema wants them', () => {
    const texts = { whole: ' 12 ', part: '-1.5e3', is: 'false', text: '12', any: '12', other: '1' };
    expect(fromTexts(schema, texts)).toEqual({
      whole: 12,
      part: -1500,
      is: false,
      text: '12',
      any: '12',
      other: '1',
    });
  });

  it('stay what they are where they cannot be read, and are nothing where they are empty', () => {
    expect(fromTexts(schema, { whole: '1.5', part: '0x10', is: 'yes', text: '' })).toEqual({
      whole: '1.5',
      part: '0x10',
      is: 'yes',
      text: '',
    });
    expect(fromTexts(schema, { whole: '', part: ' ', is: '' })).toEqual({});
    expect(fromTexts(schema, { whole: '9007199254740993' })).toEqual({ whole: '9007199254740993' });
  });
});
