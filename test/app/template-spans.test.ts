import { describe, expect, it, test } from 'vitest';
import { preview } from '#app/form/preview.ts';
import { pathAround } from '#app/form/template-language.ts';
import { spanAt, templateSpans } from '#app/form/template-spans.ts';

describe('expressions in a text', () => {
  it('are found with their braces', () => {
    expect(templateSpans('a {{ input.b }} c')).toEqual([{ start: 2, end: 15, closed: true }]);
  });

  it('may hold braces themselves', () => {
    const text = '{{ ({ a: { b: 1 }}) }} rest';
    expect(templateSpans(text)).toEqual([{ start: 0, end: 22, closed: true }]);
  });

  it('reach to the end while they are not closed', () => {
    expect(templateSpans('x {{ input.')).toEqual([{ start: 2, end: 11, closed: false }]);
  });

  it('hold the cursor between their braces only', () => {
    expect(spanAt('a {{ b }}', 5)).not.toBeNull();
    expect(spanAt('a {{ b }}', 1)).toBeNull();
    expect(spanAt('a {{ b }}', 9)).toBeNull();
  });
});

describe('the preview', () => {
  const sample = { input: { n: 2 }, steps: { fetch: { items: ['a', 'b'] } } };

  it('keeps the type of a lone expression and makes text of the rest', () => {
    expect(preview('{{ input.n + 1 }}', sample)).toEqual({ value: 3 });
    expect(preview('{{ steps.fetch.items.length }} items', sample)).toEqual({ value: '2 items' });
  });

  it('reaches every text of a value', () => {
    expect(preview({ list: ['{{ input.n }}', 'x'] }, sample)).toEqual({ value: { list: [2, 'x'] } });
  });

  it('says why there is none', () => {
    expect(preview('{{ steps.gone.items }}', sample)).toEqual({
      fault: expect.stringContaining('steps.gone'),
    });
  });

  it('is silent without expressions or without a run', () => {
    expect(preview('plain', sample)).toBeNull();
    expect(preview('{{ input.n }}', null)).toBeNull();
  });
});

test('an inserted path takes the place of the one the cursor stands in', () => {
  const around = (marked: string): string => {
    const position = marked.indexOf('|');
    const text = marked.replace('|', '');
    const { from, to } = pathAround(text, position);
    return `${text.slice(0, from)}<${text.slice(from, to)}>${text.slice(to)}`;
  };
  expect(around('{{ steps.fe|tch.body[0].id }}')).toBe('{{ <steps.fetch.body[0].id> }}');
  expect(around('{{ input.a|.trim() + 1 }}')).toBe('{{ <input.a>.trim() + 1 }}');
  expect(around('{{ 1 + | }}')).toBe('{{ 1 + <> }}');
  expect(around('steps.fe|tch')).toBe('steps.fe<>tch');
  expect(around('{{ upper| }}')).toBe('{{ upper<> }}');
});
