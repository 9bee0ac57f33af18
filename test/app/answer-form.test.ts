import { describe, expect, it } from 'vitest';
import { answerForm, fieldLines } from '#app/canvas/publish/promise.ts';
import type { AnswerSample } from '#app/data/types.ts';
import type { JsonValue } from '#lib/workflow/json.ts';

const sample = (structured: JsonValue, parsed: JsonValue = null): AnswerSample => ({
  run: 'r',
  version: null,
  at: '2026-11-21T10:00:00Z',
  characters: 10,
  structured,
  parsed,
});
const STRUCTURED = { parts: [], structured: { value: { order: '{{ steps.find }}', found: true } } };

describe('the form of an answer', () => {
  it('is proposed from the answers that have the shape the step answers with now', () => {
    const form = answerForm(STRUCTURED, [
      sample({ order: { id: 1, note: null }, found: true }),
      sample({ order: { id: 2, note: 'x' }, found: false }),
      // Of an older version.
      sample({ id: 1 }),
      sample(null),
    ]);
    expect(form).toMatchObject({ runs: 2, promised: null, broken: 0, fields: 3 });
    expect(form?.proposed).toMatchObject({
      properties: { order: { properties: { id: { type: 'integer' }, note: { type: ['string', 'null'] } } } },
      required: ['order', 'found'],
    });
    expect(form?.config['structured']).toEqual({
      value: STRUCTURED.structured.value,
      schema: form?.proposed,
    });
    expect(answerForm(STRUCTURED, [sample({ id: 1 })])).toBeNull();
  });

  it('is proposed for a text that is data; the expression becomes the structured value too', () => {
    const parts = [{ type: 'text', text: '{{ steps.find.body }}' }];
    const form = answerForm({ parts, structured: null }, [sample(null, { id: 1 })]);
    expect(form?.config).toEqual({
      parts,
      structured: {
        value: '{{ steps.find.body }}',
        schema: { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] },
      },
    });
    const prose = [{ type: 'text', text: 'It is {{ steps.find.body }}' }];
    expect(answerForm({ parts: prose, structured: null }, [sample(null, { id: 1 })])).toBeNull();
  });

  it('that was promised is warned of when a recorded answer breaks it', () => {
    const schema = { type: 'object', properties: { found: { type: 'boolean' } }, required: ['found'] };
    const config = { parts: [], structured: { value: '{{ steps.find }}', schema } };
    expect(answerForm(config, [sample({ found: true })])).toMatchObject({ broken: 0, proposed: schema });
    const form = answerForm(config, [sample({ found: true }), sample({ found: 'yes' }), sample({})]);
    expect(form).toMatchObject({
      runs: 3,
      broken: 2,
      proposed: { properties: { found: { type: ['string', 'boolean'] } }, required: [] },
    });
    expect(form?.fault).toContain('found');
  });

  it('is told in words', () => {
    expect(
      fieldLines({
        type: 'object',
        properties: {
          at: { type: ['string', 'null'], format: 'date' },
          tags: { type: 'array', items: { type: 'string' } },
          lines: { type: 'array', items: { type: 'object', properties: { qty: { type: 'integer' } } } },
          any: {},
        },
        required: ['at'],
      }),
    ).toEqual([
      { path: 'at', words: 'text (date) or nothing', always: true },
      { path: 'tags', words: 'list of text', always: false },
      { path: 'lines', words: 'list', always: false },
      { path: 'lines[].qty', words: 'whole number', always: false },
      { path: 'any', words: 'anything', always: false },
    ]);
  });
});
