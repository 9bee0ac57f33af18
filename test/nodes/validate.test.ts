import { describe, expect, test } from 'vitest';
import { validate } from '#lib/nodes/validate.ts';
import { createSchemas } from '#lib/operations/schemas-capability.ts';
import type { JsonValue } from '#lib/workflow/json.ts';
import { runKind, stepError } from './run-kind.ts';

const schema = {
  type: 'object',
  properties: { id: { type: 'integer' }, email: { type: 'string', format: 'email' } },
  required: ['id'],
};
const schemas = createSchemas()('project');

function check(value: JsonValue | undefined, onInvalid: string, given: object = schema) {
  return runKind(validate, { value, schema: given, onInvalid }, { schemas });
}

describe('validate', () => {
  test('goes on with a value that fits', async () => {
    const value = { id: 1, email: 'a@example.test' };
    expect(await check(value, 'branch')).toMatchObject({
      value: { valid: true, faults: [], value },
      handle: 'valid',
    });
  });

  test('takes the way for what does not fit, with every fault', async () => {
    const { value, handle } = await check({ id: 'x', email: 'nobody' }, 'branch');
    expect(handle).toBe('invalid');
    expect(value).toMatchObject({
      valid: false,
      faults: ['/id must be integer, got string', '/email must be a valid email'],
      value: { id: 'x' },
    });
    expect((await check(undefined, 'branch')).handle).toBe('invalid');
  });

  test('or fails, and says what is wrong', async () => {
    const error = await stepError(check({}, 'fail'));
    expect(error).toMatchObject({ code: 'VALIDATION', details: { faults: ['/id is missing'] } });
    expect(error.message).toContain('/id is missing');
  });

  test('has a way for what does not fit only when it does not fail', () => {
    const config = (onInvalid: string) => validate.config.parse({ value: 'x', schema, onInvalid });
    expect(validate.handles(config('branch')).map(({ id }) => id)).toEqual(['valid', 'invalid']);
    expect(validate.handles(config('fail')).map(({ id }) => id)).toEqual(['valid']);
  });

  test('a schema that cannot be used is a problem of the draft, and of the step', async () => {
    const broken = { type: 'object', properties: { a: { pattern: '(' } } };
    const problems = validate.check!(validate.config.parse({ value: 'x', schema: broken }));
    expect(problems).toMatchObject([{ field: ['schema', 'properties', 'a', 'pattern'] }]);
    expect(await stepError(check({}, 'branch', broken))).toMatchObject({ code: 'SCHEMA_INVALID' });
  });

  test('compiles no more schemas than it keeps, and still checks with each', () => {
    const bounded = createSchemas()('project');
    for (let round = 0; round < 2; round += 1) {
      for (let least = 0; least < 300; least += 1) {
        expect(bounded.check({ type: 'integer', minimum: least }, least)).toBeNull();
      }
    }
    expect(bounded.check({ type: 'integer', minimum: 5 }, 4)).toEqual(['the value must be >= 5']);
  });
});
