import { describe, expect, test } from 'vitest';
import { askUser } from '#lib/nodes/ask-user.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { compileSchema } from '#lib/workflow/validator.ts';
import { type KindWorld, runKind, stepError } from './run-kind.ts';

const NOW = Date.UTC(2026, 10, 21, 9, 30);

const ask = (config: JsonObject, world: KindWorld = {}) =>
  runKind(askUser, askUser.config.parse({ message: 'Which?', ...config }), { now: () => NOW, ...world });

const fields = (...given: JsonObject[]) => ({ mode: 'fields', fields: given });
const options: JsonObject[] = [{ value: 's', title: 'Small' }, { value: 'l' }];
const plain: JsonObject[] = [{ value: 's' }, { value: 'l' }];

/** The form that a step asks by. */
async function formOf(config: JsonObject): Promise<JsonObject> {
  const { suspend } = await ask(config);
  if (suspend?.type !== 'form') throw new Error('It asks by no form.');
  return suspend.schema;
}

describe('a form', () => {
  test('is asked with what a client needs to show it, and expires', async () => {
    const { suspend, value } = await ask(fields({ name: 'size', type: 'text', required: true }));
    expect(value).toBeNull();
    expect(suspend).toEqual({
      type: 'form',
      message: 'Which?',
      schema: { type: 'object', properties: { size: { type: 'string' } }, required: ['size'] },
      expiresAt: NOW + 60 * 60_000,
    });
  });

  // The primitive schemas of MCP 2025-11-25; of its five forms of choices all but the old one with `enumNames`.
  test.each<[JsonObject, JsonObject]>([
    [
      { type: 'text', title: 'Mail', description: 'Yours', format: 'email', minLength: 3, maxLength: 90 },
      { type: 'string', title: 'Mail', description: 'Yours', format: 'email', minLength: 3, maxLength: 90 },
    ],
    [
      { type: 'number', minimum: 0, maximum: 1.5 },
      { type: 'number', minimum: 0, maximum: 1.5 },
    ],
    [
      { type: 'integer', default: '3' },
      { type: 'integer', default: 3 },
    ],
    [
      { type: 'boolean', default: 'true' },
      { type: 'boolean', default: true },
    ],
    [
      { type: 'choice', options: plain, default: 's' },
      { type: 'string', enum: ['s', 'l'], default: 's' },
    ],
    [
      { type: 'choice', options },
      {
        type: 'string',
        oneOf: [
          { const: 's', title: 'Small' },
          { const: 'l', title: 'l' },
        ],
      },
    ],
    [
      { type: 'choices', options: plain, minItems: 1, maxItems: 2, default: 's, l' },
      {
        type: 'array',
        minItems: 1,
        maxItems: 2,
        items: { type: 'string', enum: ['s', 'l'] },
        default: ['s', 'l'],
      },
    ],
    [
      { type: 'choices', options },
      {
        type: 'array',
        items: {
          anyOf: [
            { const: 's', title: 'Small' },
            { const: 'l', title: 'l' },
          ],
        },
      },
    ],
  ])('of %j', async (field, schema) => {
    const form = await formOf(fields({ name: 'it', ...field }));
    expect(form).toEqual({ type: 'object', properties: { it: schema } });
    expect(compileSchema(form)({})).toBeNull();
  });

  test('takes what its fields take and nothing else', async () => {
    const fits = compileSchema(
      await formOf(
        fields(
          { name: 'mail', type: 'text', format: 'email', required: true },
          { name: 'sizes', type: 'choices', options, maxItems: 1 },
        ),
      ),
    );
    expect(fits({ mail: 'ada@example.com', sizes: ['s'] })).toBeNull();
    expect(fits({ mail: 'ada' })).not.toBeNull();
    expect(fits({ mail: 'ada@example.com', sizes: ['xl'] })).not.toBeNull();
    expect(fits({ mail: 'ada@example.com', sizes: ['s', 'l'] })).not.toBeNull();
    expect(fits({})).not.toBeNull();
  });

  test('of a number that is filled in with none has nothing filled in', async () => {
    expect(await formOf(fields({ name: 'it', type: 'number', default: 'many' }))).toMatchObject({
      properties: { it: { type: 'number' } },
    });
  });

  test('may be written as a schema, also with the old names of choices', async () => {
    const schema = {
      type: 'object',
      properties: { size: { type: 'string', enum: ['s', 'l'], enumNames: ['Small', 'Large'] } },
    };
    expect(askUser.check?.(askUser.config.parse({ message: 'x', mode: 'schema', schema }))).toEqual([]);
    expect(await formOf({ mode: 'schema', schema })).toEqual(schema);
    expect(compileSchema(schema)({ size: 's' })).toBeNull();
    expect(compileSchema(schema)({ size: 'xl' })).not.toBeNull();
  });
});

describe('before it is published', () => {
  const faults = (config: JsonObject) =>
    (askUser.check?.(askUser.config.parse({ message: 'x', ...config })) ?? []).map(({ message }) => message);

  test.each<[JsonObject, string]>([
    [fields(), 'add a field'],
    [fields({ name: 'a' }, { name: 'a' }), 'another field "a"'],
    [fields({ name: 'a', type: 'choice' }), 'nothing to choose from'],
    [{ mode: 'url', url: 'example' }, 'https://'],
    [{ mode: 'schema', schema: { type: 'array' } }, 'set "type" to "object"'],
    [{ mode: 'schema', schema: { type: 'object', properties: {} } }, 'name the fields'],
    [schemaOf({ type: 'object', properties: {} }), 'one level only'],
    [schemaOf({ $ref: '#' }), 'one level only'],
    [schemaOf({ type: 'null' }), 'must have the type'],
    [schemaOf({ type: 'string', format: 'uuid' }), 'can have the format'],
    [schemaOf({ type: 'string', oneOf: [{ const: 'a' }] }), '"title"'],
    [schemaOf({ type: 'array', items: { type: 'string' } }), 'must offer choices'],
    [
      { mode: 'schema', schema: { type: 'object', properties: { a: { type: 'string' } }, required: ['b'] } },
      'only fields',
    ],
  ])('%j is found to be wrong', (config, words) => {
    expect(faults(config)).toEqual([expect.stringContaining(words)]);
  });

  test('a form that clients can show is not (control)', () => {
    expect(faults(fields({ name: 'a' }))).toEqual([]);
    expect(faults({ mode: 'url', url: 'https://example.com/{{ input.id }}' })).toEqual([]);
    expect(faults(schemaOf({ type: 'array', items: { enum: ['a'] } }))).toEqual([]);
  });

  function schemaOf(field: JsonObject): JsonObject {
    return { mode: 'schema', schema: { type: 'object', properties: { a: field } } };
  }
});

describe('a page', () => {
  test('is opened, and says no more than that it was', async () => {
    const url = 'https://pay.example.com/7';
    const { suspend } = await ask({ mode: 'url', url });
    expect(suspend).toMatchObject({ type: 'url', message: 'Which?', url });
    const { value, handle } = await ask(
      { mode: 'url', url },
      { answer: { action: 'accept', content: { card: '4711' } }, asked: suspend! },
    );
    expect({ value, handle }).toEqual({ value: {}, handle: 'out' });
  });

  test.each(['javascript:alert(1)', 'ftp://example.com', 'nowhere', 'https://'])('is not %s', async (url) => {
    const config = { ...askUser.config.parse({ message: 'x', mode: 'url' }), url };
    const error = await stepError(runKind(askUser, config, { now: () => NOW }));
    expect(error).toMatchObject({ code: 'BAD_URL', details: { field: ['url'] } });
  });
});

describe('the answer', () => {
  const config = fields({ name: 'size' });

  test('is the value', async () => {
    const answer = { action: 'accept', content: { size: 'l' } };
    expect(await ask(config, { answer })).toMatchObject({ value: { size: 'l' }, handle: 'out' });
  });

  test.each(['decline', 'cancel'])('%s leaves by its own way', async (action) => {
    expect(await ask(config, { answer: { action } })).toMatchObject({
      value: { action },
      handle: 'declined',
    });
  });

  test.each([
    ['decline', 'declined'],
    ['cancel', 'closed'],
  ])('%s fails where no such way leads on', async (action, word) => {
    const error = await stepError(ask(config, { answer: { action }, wired: ['out'] }));
    expect(error).toMatchObject({ code: 'DECLINED', message: expect.stringContaining(word) });
  });

  test('that nobody gave in time fails', async () => {
    const error = await stepError(ask(config, { answer: { expired: true } }));
    expect(error).toMatchObject({ code: 'EXPIRED', transient: false });
  });
});
