import { describe, expect, it } from 'vitest';
import type { ErrorRecord } from '#lib/engine/events.ts';
import { argumentFaults, failureText } from '#lib/gateway/failure-text.ts';
import type { LiveWorkflow } from '#lib/operations/live.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { compileSchema } from '#lib/workflow/validator.ts';

const textOf = (error: ErrorRecord | undefined, undone?: { key: string; error?: ErrorRecord }[]) =>
  failureText({ status: 'failed', runId: 'r-1', ...(error && { error }), ...(undone && { undone }) });

describe('what a model reads of a failed run', () => {
  it('names the step and what happened there, and what helps', () => {
    const message = 'The order service answered 503 Service Unavailable.';
    expect(textOf({ code: 'NETWORK', message, key: 'fetch_order' })).toBe(
      'Step "fetch_order" failed: The order service answered 503 Service Unavailable. (run r-1)\n' +
        'The same call may work later.',
    );
  });

  it('says when no other arguments will help', () => {
    const error = { code: 'OUTPUT_INVALID', message: 'Step "answer" made another shape.', key: 'answer' };
    expect(textOf(error)).toBe(
      'Step "answer" made another shape. (run r-1)\n' +
        'Other arguments will not help: whoever keeps this tool must correct it.',
    );
  });

  it('names the item of a loop, counted as people count', () => {
    const error = { code: 'HTTP_STATUS', message: '404 Not Found.', key: 'send', iteration: [2, 0] };
    expect(textOf(error)).toBe('Step "send" (item 3.1) failed: 404 Not Found. (run r-1)');
  });

  it('leaves the words of a Fail step alone', () => {
    expect(textOf({ code: 'FAIL', message: 'There is no order 7. Try another.', key: 'no' })).toBe(
      'There is no order 7. Try another.',
    );
  });

  it('says what was taken back, and what is still there', () => {
    const error = { code: 'REFUSED', message: 'The approval was refused: "too dear".', key: 'consent' };
    const failing = { code: 'HTTP_STATUS', message: '409 Conflict.', key: 'refund' };
    expect(textOf(error, [{ key: 'reserve' }, { key: 'charge', error: failing }, { key: 'note' }])).toBe(
      'Step "consent" failed: The approval was refused: "too dear". (run r-1)\n' +
        'What these steps had done was taken back: "reserve", "note".\n' +
        'What these steps had done is still there, as it could not be taken back: "charge" (409 Conflict.).',
    );
  });

  it('says it also where the author’s words stand alone', () => {
    const error = { code: 'FAIL', message: 'The room is gone.', key: 'no' };
    expect(textOf(error, [{ key: 'charge' }])).toBe(
      'The room is gone.\nWhat these steps had done was taken back: "charge".',
    );
  });

  it('cuts them where they are as long as a document, and says so', () => {
    const message = 'There is no such order. '.repeat(1000);
    const text = textOf({ code: 'FAIL', message, key: 'no' });
    expect(text).toBe(`${message.slice(0, 9984)}\n[Cut after 9984 of 24000 characters.]`);
  });

  it('stays short, whatever a step said', () => {
    const undone = Array.from({ length: 50 }, (_, index) => ({ key: `s${index}` }));
    const text = textOf({ code: 'HTTP_STATUS', message: 'x'.repeat(100_000), key: 'fetch' }, undone);
    expect(text.length).toBeLessThan(5000);
    expect(text).toContain('"s19" and 30 more.');
  });

  it('names the run where nothing else is known', () => {
    expect(textOf(undefined)).toBe('The tool failed, run r-1.');
  });
});

describe('what a model reads of arguments that do not fit', () => {
  const schema: JsonObject = {
    type: 'object',
    properties: {
      city: { type: 'string', minLength: 2 },
      unit: { enum: ['celsius', 'fahrenheit'] },
      days: { type: 'integer', minimum: 1, maximum: 14 },
      contact: { type: 'object', properties: { email: { type: 'string', format: 'email' } } },
    },
    required: ['city'],
    additionalProperties: false,
  };
  const workflow = { contract: { name: 'forecast' }, validateInput: compileSchema(schema) } as LiveWorkflow;

  it('is nothing when they do', () => {
    expect(argumentFaults(workflow, { city: 'Ulm', days: 3 })).toBeNull();
  });

  it('lists each fault with its place, what was given and what there is', () => {
    const text = argumentFaults(workflow, {
      citty: 'Ulm',
      unit: 'celcius',
      days: 30,
      contact: { email: 'nobody' },
    });
    expect(text?.split('\n')).toEqual([
      'The arguments of forecast are not valid; nothing was run:',
      '- /city is missing (string)',
      '- /citty is not known; did you mean city?',
      '- /unit must be one of "celsius","fahrenheit", got "celcius"; did you mean "celsius"?',
      '- /days must be <= 14, got 30',
      '- /contact/email must be a valid email, got "nobody"',
      'Correct them and call again.',
    ]);
  });

  it('says which names there are when none is near', () => {
    expect(argumentFaults(workflow, { city: 'Ulm', colour: 1 })).toContain(
      '- /colour is not known; known are city, unit, days, contact',
    );
  });

  it('cuts long values', () => {
    const text = argumentFaults(workflow, { city: 'Ulm', unit: 'x'.repeat(10_000) });
    expect(text?.length).toBeLessThan(400);
  });
});
