import { describe, expect, it } from 'vitest';
import { completePath } from '#app/form/complete-path.ts';
import type { FormScope, Sample } from '#app/form/scope.ts';

const scope: FormScope = {
  input: { type: 'object', properties: { order_id: { type: 'string', description: 'On the invoice' } } },
  steps: [
    {
      key: 'fetch',
      title: 'HTTP request',
      schema: { type: 'object', properties: { status: { type: 'integer' }, body: {} } },
    },
  ],
  env: ['API_BASE'],
};
const sample: Sample = {
  steps: { fetch: { status: 200, body: { items: [{ id: 1, 'x-id': 'a' }] } } },
  env: { API_BASE: 'https://example.com' },
};

function names(text: string, given: Sample | null = sample): string[] {
  return completePath(text, scope, given)?.options.map(({ name }) => name) ?? [];
}

describe('completion of paths', () => {
  it('begins with the roots', () => {
    expect(names(' ')).toEqual(['input', 'steps', 'env', 'run', 'caller']);
    expect(names('sum(in')).toEqual(['input', 'steps', 'env', 'run', 'caller']);
  });

  it('knows arguments, steps and environment', () => {
    expect(names(' input.')).toEqual(['order_id']);
    expect(names('steps.')).toEqual(['fetch']);
    expect(names('env.API')).toEqual(['API_BASE']);
    expect(names('run.')).toEqual(['id', 'startedAt']);
    expect(names('caller.')).toEqual(['type', 'user', 'client', 'scopes']);
  });

  it('knows from the schema what no run has shown yet', () => {
    expect(names('steps.fetch.', null)).toEqual(['status', 'body']);
  });

  it('goes on into the last value where the schema ends', () => {
    expect(names('steps.fetch.body.')).toEqual(['items']);
    expect(names('1 + steps.fetch.body.items[0].')).toEqual(['id', 'x-id']);
    expect(names('steps?.fetch?.body.it')).toEqual(['items']);
  });

  it('shows type and value', () => {
    expect(completePath('steps.fetch.st', scope, sample)?.options[0]).toEqual({
      name: 'status',
      type: 'integer',
      note: '200',
    });
    expect(completePath('input.', scope, null)?.options[0]).toEqual({
      name: 'order_id',
      type: 'string',
      note: 'On the invoice',
    });
  });

  it('writes names that are no identifiers in brackets', () => {
    const option = completePath('steps.fetch.body.items[0].', scope, sample)?.options.find(
      ({ name }) => name === 'x-id',
    );
    expect(option?.insert).toBe('["x-id"]');
  });

  it('replaces what was typed of the name', () => {
    expect(completePath('input.ord', scope, sample)?.from).toBe('input.'.length);
    expect(completePath('1 + inp', scope, sample)?.from).toBe('1 + '.length);
  });

  it('tells what stands before the dot', () => {
    expect(completePath('steps.fetch.body.items.', scope, sample)?.owner).toBe('list');
    expect(completePath('input.order_id.', scope, sample)?.owner).toBe('text');
    expect(completePath('steps.fetch.status.', scope, sample)?.owner).toBe('number');
    expect(completePath('steps.', scope, sample)?.owner).toBe('object');
  });

  it('has nothing to say about names it does not know, and in the middle of a number', () => {
    expect(names('item.')).toEqual([]);
    expect(completePath('12', scope, sample)).toBeNull();
  });
});
