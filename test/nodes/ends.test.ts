import { describe, expect, test } from 'vitest';
import { fail } from '#lib/nodes/fail.ts';
import { input } from '#lib/nodes/input.ts';
import { output } from '#lib/nodes/output.ts';
import type { JsonObject, JsonSchema, JsonValue } from '#lib/workflow/json.ts';
import { runKind, stepError } from './run-kind.ts';

describe('input', () => {
  const filled = async (schema: JsonSchema, given: JsonObject) =>
    (await runKind(input, { schema }, { input: given })).value;

  test('leaves the arguments as they are', async () => {
    const given = { a: 1 };
    expect(await filled({ type: 'object', properties: { a: { type: 'number' } } }, given)).toBe(given);
  });

  test('fills in defaults, deep, in lists and behind references', async () => {
    const schema: JsonSchema = {
      type: 'object',
      properties: {
        limit: { type: 'integer', default: 10 },
        sort: { type: 'object', properties: { by: { default: 'date' }, desc: { default: false } } },
        filters: { type: 'array', items: { $ref: '#/$defs/filter' } },
        tree: { $ref: '#/$defs/tree' },
        tags: { default: ['new'] },
      },
      $defs: {
        filter: { type: 'object', properties: { operator: { default: '=' } } },
        tree: { type: 'object', properties: { size: { default: 1 }, child: { $ref: '#/$defs/tree' } } },
      },
    };
    const given: JsonObject = {
      sort: { desc: true },
      filters: [{ name: 'a' }, { operator: '<' }],
      tree: { child: { size: 5 } },
    };
    expect(await filled(schema, given)).toEqual({
      limit: 10,
      sort: { by: 'date', desc: true },
      filters: [{ name: 'a', operator: '=' }, { operator: '<' }],
      tree: { size: 1, child: { size: 5 } },
      tags: ['new'],
    });
    expect(given).toEqual({
      sort: { desc: true },
      filters: [{ name: 'a' }, { operator: '<' }],
      tree: { child: { size: 5 } },
    });
  });

  test('a default is a copy of its own in each run', async () => {
    const schema: JsonSchema = { type: 'object', properties: { tags: { default: [] } } };
    const first = (await filled(schema, {})) as { tags: JsonValue[] };
    first.tags.push('changed');
    expect(await filled(schema, {})).toEqual({ tags: [] });
  });

  test('null is given, not missing; names that objects inherit are not given', async () => {
    const schema: JsonSchema = {
      type: 'object',
      properties: { a: { default: 1 }, toString: { default: 'own' } },
    };
    expect(await filled(schema, { a: null })).toEqual({ a: null, toString: 'own' });
  });

  test('a default named __proto__ changes no prototype', async () => {
    const schema = JSON.parse('{"properties":{"__proto__":{"default":{"admin":true}},"a":{"default":1}}}');
    const value = (await filled(schema, {})) as JsonObject;
    expect(value['admin']).toBeUndefined();
    expect(value).toEqual({ a: 1 });
  });

  test('the contract closes the object unless the author opened it', () => {
    const schema = (given: JsonSchema) => input.contractInput?.(input.config.parse({ schema: given }));
    expect(schema({ properties: { a: {} } })).toEqual({
      type: 'object',
      properties: { a: {} },
      additionalProperties: false,
    });
    expect(schema({ additionalProperties: true })).toMatchObject({
      type: 'object',
      additionalProperties: true,
    });
  });

  test.each<[JsonSchema, string]>([
    [{ type: 'array' }, 'input_not_object'],
    [{ properties: { 'a b': {} } }, 'argument_name'],
  ])('%j has the problem %s', (schema, code) => {
    expect(input.check?.({ schema }).map((problem) => problem.code)).toEqual([code]);
  });
});

describe('output', () => {
  const file = { file: 'f1', mimeType: 'image/png', name: 'a.png', bytes: 3 };

  test('answers with its parts in order; values that are no text become text', async () => {
    const parts = [
      { type: 'text', text: 'plain' },
      { type: 'text', text: { a: 1 } },
      { type: 'text', text: null },
      { type: 'image', file },
      { type: 'resource_link', uri: 'https://example.com/a', name: 'A' },
    ];
    expect((await runKind(output, { parts, structured: null })).output).toEqual({
      parts: [
        { type: 'text', text: 'plain' },
        { type: 'text', text: '{"a":1}' },
        { type: 'text', text: '' },
        { type: 'image', file },
        { type: 'resource_link', uri: 'https://example.com/a', name: 'A' },
      ],
    });
  });

  test('answers with embedded resources: a text, or a file of the type that is given or its own', async () => {
    const parts = [
      { type: 'resource', uri: 'orders://7', content: { type: 'text', text: { total: 2 } } },
      {
        type: 'resource',
        uri: 'orders://7.md',
        mimeType: 'text/markdown',
        content: { type: 'text', text: '# 7' },
      },
      { type: 'resource', uri: 'orders://7.png', content: { type: 'file', file } },
      {
        type: 'resource',
        uri: 'orders://7.bin',
        mimeType: 'application/octet-stream',
        content: { type: 'file', file },
      },
    ];
    expect((await runKind(output, { parts, structured: null })).output?.parts).toEqual([
      { type: 'resource', uri: 'orders://7', mimeType: 'text/plain', text: '{"total":2}' },
      { type: 'resource', uri: 'orders://7.md', mimeType: 'text/markdown', text: '# 7' },
      { type: 'resource', uri: 'orders://7.png', mimeType: 'image/png', file },
      { type: 'resource', uri: 'orders://7.bin', mimeType: 'application/octet-stream', file },
    ]);
  });

  test('a structured value is told as text too, unless the author wrote some', async () => {
    const structured = { value: { total: 2 } };
    expect((await runKind(output, { parts: [], structured })).output).toEqual({
      parts: [{ type: 'text', text: '{"total":2}' }],
      structured: { total: 2 },
    });
    const parts = [{ type: 'text', text: 'two' }];
    expect((await runKind(output, { parts, structured })).output?.parts).toEqual(parts);
  });

  test.each([[[1]], ['text'], [null], [undefined]])('a structured value of %j fails', async (value) => {
    const error = await stepError(runKind(output, { parts: [], structured: { value } }));
    expect(error.code).toBe('OUTPUT_NOT_OBJECT');
  });

  test('promises the schema it was given, or the shape of the value', () => {
    const promised = (structured: JsonObject) => output.contractOutput?.(output.config.parse({ structured }));
    const value = {
      name: 'Order {{ input.id }}',
      total: '{{ steps.sum }}',
      fixed: 1,
      tags: ['a'],
      list: ['{{ x }}', 1],
    };
    expect(promised({ value })).toEqual({
      type: 'object',
      properties: {
        name: { type: 'string' },
        total: {},
        fixed: { type: 'number' },
        tags: { type: 'array', items: { type: 'string' } },
        list: { type: 'array', items: {} },
      },
      required: ['name', 'total', 'fixed', 'tags', 'list'],
    });
    expect(promised({ value: '{{ steps.sum }}' })).toEqual({ type: 'object' });
    expect(promised({ value, schema: { properties: {} } })).toEqual({ type: 'object', properties: {} });
    expect(output.contractOutput?.(output.config.parse({ parts: [] }))).toBeNull();
  });

  test.each<[JsonObject, string]>([
    [{ parts: [] }, 'output_empty'],
    [{ structured: { value: [1] } }, 'output_not_object'],
  ])('%j has the problem %s', (given, code) => {
    expect(output.check?.(output.config.parse(given))).toMatchObject([{ code }]);
  });
});

test('fail says its message as it is', async () => {
  const error = await stepError(
    runKind(fail, { message: 'No such order. Ask for the number on the invoice.' }),
  );
  expect(error).toMatchObject({
    code: 'FAIL',
    message: 'No such order. Ask for the number on the invoice.',
    transient: false,
  });
});
