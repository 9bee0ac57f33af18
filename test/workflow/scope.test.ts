import { describe, expect, it } from 'vitest';
import { kinds } from '#lib/nodes/index.ts';
import { scopeAt } from '#lib/workflow/scope.ts';
import { answers, asks, documentOf, sets, takes } from './documents.ts';

const document = documentOf(
  {
    start: takes({ text: { type: 'string' } }, { required: ['text'] }),
    first: sets({ a: 1 }),
    check: asks('{{ input.text }}'),
    yes: sets({ c: 'x' }, { onError: 'continue' }),
    no: sets({}, { disabled: true }),
    after: sets({}),
    beside: sets({}),
    end: answers('x'),
  },
  [
    'start -> first',
    'first -> check',
    'check:true -> yes',
    'check:false -> no',
    'yes -> after',
    'no -> after',
    'after -> end',
    'start -> beside',
    'beside -> end',
  ],
);

function keysAt(key: string): string[] {
  return scopeAt(document, `id-${key}`, kinds).map((entry) => (entry.certain ? entry.key : `${entry.key}?`));
}

describe('the scope of a step', () => {
  it('is what ran before it, the nearest first and the arguments last', () => {
    expect(keysAt('after')).toEqual(['no?', 'yes?', 'check', 'first', 'start']);
    expect(keysAt('yes')).toEqual(['check', 'first', 'start']);
    expect(keysAt('beside')).toEqual(['start']);
    expect(keysAt('start')).toEqual([]);
  });

  it('says where each value is read and what it looks like', () => {
    const [, check, first, start] = scopeAt(document, 'id-yes', kinds).toSpliced(0, 0, undefined as never);
    expect(check).toMatchObject({
      root: 'steps',
      key: 'check',
      nodeId: 'id-check',
      title: 'If',
      schema: { type: 'boolean' },
    });
    expect(first?.schema).toEqual({ type: 'object', properties: { a: { type: 'number' } }, required: ['a'] });
    expect(start).toMatchObject({ root: 'input', schema: { properties: { text: { type: 'string' } } } });
  });

  it('knows that a step whose errors go on may leave an error, and a disabled one nothing', () => {
    const [no, yes] = scopeAt(document, 'id-after', kinds);
    expect(no?.schema).toEqual({});
    expect(yes?.schema).toMatchObject({
      properties: { c: { type: 'string' }, error: { properties: { message: { type: 'string' } } } },
    });
    expect(yes?.schema).not.toHaveProperty('required');
  });

  it('is empty for a step that is not there or never runs, and while there is a circle', () => {
    expect(scopeAt(document, 'id-gone', kinds)).toEqual([]);
    const lost = documentOf({ start: takes(), lost: sets({}), end: answers('x') }, ['start -> end']);
    expect(scopeAt(lost, 'id-lost', kinds)).toEqual([]);
    const circle = documentOf({ start: takes(), a: sets({}), b: sets({}) }, [
      'start -> a',
      'a -> b',
      'b -> a',
    ]);
    expect(scopeAt(circle, 'id-a', kinds)).toEqual([]);
  });

  it('is there while other steps are unfinished', () => {
    const draft = documentOf(
      {
        start: takes(),
        a: sets({ n: 1 }),
        b: { kind: 'http', config: { url: '' } },
        c: { kind: 'teleport', config: {} },
        end: answers('{{ 1 + }}'),
      },
      ['start -> a', 'a -> b', 'a -> end', 'a -> c', 'b -> end'],
    );
    expect(scopeAt(draft, 'id-end', kinds).map(({ key }) => key)).toEqual(['a', 'start']);
  });
});
