import { describe, expect, test } from 'vitest';
import { approve } from '#lib/nodes/approve.ts';
import { askModel } from '#lib/nodes/ask-model.ts';
import { log } from '#lib/nodes/log.ts';
import { roots } from '#lib/nodes/roots.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { type KindWorld, runKind, stepError } from './run-kind.ts';

// Kinds that talk to the client, or to the team, in a sentence.

const NOW = Date.UTC(2026, 10, 21, 9, 30);
const expired = { answer: { expired: true } };

describe('approve', () => {
  const run = (config: JsonObject, world: KindWorld = {}) =>
    runKind(approve, approve.config.parse({ message: 'Pay 50 €?', ...config }), { now: () => NOW, ...world });

  test('asks with the facts, until it expires', async () => {
    expect((await run({ details: { order: 7 }, expiresInHours: 0.5 })).suspend).toEqual({
      type: 'approval',
      message: 'Pay 50 €?',
      details: { order: 7 },
      by: 'team',
      expiresAt: NOW + 30 * 60_000,
    });
    expect((await run({ by: 'caller' })).suspend).toMatchObject({ by: 'caller', details: null });
  });

  const answer = (approved: boolean, comment?: string) => ({
    answer: { approved, by: 'Ada', at: NOW, ...(comment && { comment }) },
  });

  test('leaves by what was decided, with who and when', async () => {
    expect(await run({}, answer(true))).toMatchObject({
      handle: 'approved',
      value: { approved: true, by: 'Ada', at: '2026-11-21T09:30:00.000Z', comment: null },
    });
    expect(await run({}, answer(false, 'too much'))).toMatchObject({
      handle: 'refused',
      value: { approved: false, comment: 'too much' },
    });
  });

  test('fails when it is refused and no way leads on from there', async () => {
    const error = await stepError(run({}, { ...answer(false, 'too much'), wired: ['approved'] }));
    expect(error).toMatchObject({ code: 'REFUSED', transient: false });
    expect(error.message).toContain('refused by Ada: too much');
  });

  test('fails when nobody decided', async () => {
    expect(await stepError(run({}, expired))).toMatchObject({ code: 'EXPIRED' });
  });
});

describe('ask-model', () => {
  const config = askModel.config.parse({
    system: 'Be short.',
    messages: [{ text: 'Hello' }, { role: 'assistant', text: 'Hi' }, { text: 'How are you?' }],
    maxTokens: 20,
    hints: ['sonnet'],
  });
  const run = (world: KindWorld = {}) => runKind(askModel, config, { now: () => NOW, ...world });

  test('asks as sampling/createMessage wants it', async () => {
    expect((await run()).suspend).toEqual({
      type: 'model',
      params: {
        messages: [
          { role: 'user', content: { type: 'text', text: 'Hello' } },
          { role: 'assistant', content: { type: 'text', text: 'Hi' } },
          { role: 'user', content: { type: 'text', text: 'How are you?' } },
        ],
        maxTokens: 20,
        systemPrompt: 'Be short.',
        modelPreferences: { hints: [{ name: 'sonnet' }] },
      },
      expiresAt: NOW + 600_000,
    });
    expect(askModel.requires?.(config)).toEqual(['sampling']);
  });

  test('leaves the text, the model and all the parts', async () => {
    const text = { type: 'text', text: 'Fine.' };
    const image = { type: 'image', data: '', mimeType: 'image/png' };
    expect((await run({ answer: { role: 'assistant', model: 'm', content: text } })).value).toEqual({
      text: 'Fine.',
      model: 'm',
      content: [text],
    });
    expect((await run({ answer: { role: 'assistant', content: [text, image, text] } })).value).toEqual({
      text: 'Fine.\nFine.',
      model: null,
      content: [text, image, text],
    });
  });

  test('says why the client did not', async () => {
    const error = await stepError(run({ answer: { refused: 'the user said no' } }));
    expect(error).toMatchObject({ code: 'CLIENT_REFUSED', message: expect.stringContaining('said no') });
    expect(await stepError(run(expired))).toMatchObject({ code: 'EXPIRED' });
  });
});

describe('roots', () => {
  const run = (world: KindWorld = {}) => runKind(roots, {}, { now: () => NOW, ...world });

  test('asks, and leaves the folders', async () => {
    expect((await run()).suspend).toEqual({ type: 'roots', expiresAt: NOW + 600_000 });
    const told: JsonValue[] = [{ uri: 'file:///a', name: 'a' }, { uri: 'file:///b' }, { name: 'none' }, 7];
    expect((await run({ answer: { roots: told } })).value).toEqual({
      roots: [
        { uri: 'file:///a', name: 'a' },
        { uri: 'file:///b', name: null },
      ],
    });
    expect(roots.requires?.({})).toEqual(['roots']);
  });

  test('says why the client did not tell them', async () => {
    expect(await stepError(run({ answer: { refused: 'not allowed' } }))).toMatchObject({
      code: 'CLIENT_REFUSED',
    });
    expect(await stepError(run(expired))).toMatchObject({ code: 'EXPIRED' });
  });
});

describe('log', () => {
  test('writes the text, and the data behind it', async () => {
    const config = { level: 'warn', text: 'Almost full', data: { left: 3 } };
    const { logs, value, suspend } = await runKind(log, log.config.parse(config));
    expect(logs).toEqual(['warn: Almost full {"left":3}']);
    expect(value).toEqual(config);
    expect(suspend).toBeUndefined();
  });

  test('writes values that are no text as JSON', async () => {
    const { logs } = await runKind(log, { level: 'info', text: [1, 2] });
    expect(logs).toEqual(['info: [1,2]']);
  });
});
