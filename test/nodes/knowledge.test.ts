import { describe, expect, it, test } from 'vitest';
import type { KnowledgeCapability, KnowledgeHit } from '#lib/engine/capabilities.ts';
import { citedText } from '#lib/nodes/knowledge/cited-text.ts';
import { knowledge } from '#lib/nodes/knowledge.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { tokenCost } from '#lib/workflow/token-cost.ts';
import { compileSchema } from '#lib/workflow/validator.ts';
import { capabilities as noWorld } from '../engine/plan.ts';
import { runKind } from './run-kind.ts';

const hit: KnowledgeHit = {
  document: 'guide.pdf',
  documentId: 'd1',
  title: 'Guide',
  uri: 'knowledge://docs/guide.pdf',
  headings: ['Guide', 'Start'],
  page: 2,
  passage: 4,
  text: 'Plug it in.',
  score: 0.9,
  snippet: '**Plug** it in.',
  also: [{ document: 'copy.pdf', documentId: 'd2' }],
};

/** Runs the step, and holds its value against the schema that it promises. */
async function lookUp(config: JsonObject, found: object[] = [hit]) {
  const asked: JsonValue[] = [];
  const search: KnowledgeCapability['search'] = async ({ onWarning, ...query }) => {
    onWarning?.('The model did not answer.');
    asked.push(query as JsonObject);
    return found as KnowledgeHit[];
  };
  const { value, logs } = await runKind(
    knowledge,
    { base: 'docs', ...config },
    {
      knowledge: { ...noWorld.knowledge, search },
    },
  );
  const { minScore: _, ...rest } = config;
  const written = knowledge.config.parse({ base: 'docs', ...rest, query: 'x', topK: 5 });
  expect(compileSchema(knowledge.outputSchema(written))(value)).toBeNull();
  expect(logs).toEqual(asked.map(() => 'warn: The model did not answer.'));
  return { value: value as { hits?: JsonObject[]; text?: string; citations?: JsonObject[] }, asked };
}

describe('the look-up', () => {
  it('asks the base, and tells of each passage what it knows', async () => {
    const { value, asked } = await lookUp({
      query: ' how? ',
      topK: '3',
      filter: { lang: 'en' },
      answer: { type: 'passages' },
    });
    expect(value).toEqual({ hits: [hit] });
    expect(asked).toEqual([{ base: 'docs', text: 'how?', topK: 3, filter: { lang: 'en' } }]);
  });

  it('hands on how to search', async () => {
    const how = { minScore: '0.4', mode: 'hybrid', neighbours: true, rerank: false };
    const around = { ...hit, before: 'Before.', after: 'After.' };
    const { value, asked } = await lookUp({ query: 'x', topK: 5, ...how, answer: { type: 'passages' } }, [
      around,
    ]);
    expect(asked).toEqual([
      { base: 'docs', text: 'x', topK: 5, minScore: 0.4, mode: 'hybrid', neighbours: true, rerank: false },
    ]);
    expect(value.hits).toEqual([around]);
    expect((await lookUp({ query: 'x', topK: 5, minScore: null })).asked).toEqual([
      { base: 'docs', text: 'x', topK: 5 },
    ]);
  });

  it('a step of former days answers as it did, also by a recording of then', async () => {
    const before = {
      document: 'guide.pdf',
      documentId: 'd1',
      headings: ['Guide', 'Start'],
      text: 'Plug it in.',
      score: 0.9,
    };
    expect((await lookUp({ query: 'x', topK: 5 })).value).toEqual({ hits: [before] });
    expect((await lookUp({ query: 'x', topK: 5 }, [before])).value).toEqual({ hits: [before] });
    const now = await lookUp({ query: 'x', topK: 5, answer: { type: 'passages' } }, [before]);
    expect(now.value.hits).toEqual([
      { ...before, title: 'guide.pdf', uri: '', page: null, passage: 0, snippet: '' },
    ]);
  });

  it('does not ask for nothing', async () => {
    expect(await lookUp({ query: null, topK: 5 })).toEqual({ value: { hits: [] }, asked: [] });
    expect(await lookUp({ query: ' ', topK: 5, answer: { type: 'text', tokens: 100 } })).toEqual({
      value: { text: '', citations: [], tokens: 0, left: 0 },
      asked: [],
    });
  });

  test.each([0, 51, 'many', null])('refuses %j passages', async (topK) => {
    await expect(lookUp({ query: 'x', topK })).rejects.toThrow('topK');
  });
});

const long = (name: string, sentences: number): KnowledgeHit => ({
  ...hit,
  document: name,
  documentId: name,
  title: name,
  uri: `knowledge://docs/${name}`,
  headings: ['Part'],
  page: null,
  text: Array.from({ length: sentences }, (_, at) => `Sentence ${at} of ${name} is here.`).join(' '),
});

describe('one text with citations', () => {
  it('has each passage under its number, and the sources after them', async () => {
    const { value } = await lookUp({ query: 'x', topK: 5, answer: { type: 'text', tokens: 500 } }, [
      hit,
      long('b.md', 2),
    ]);
    expect(value.text).toBe(
      [
        '[1] Guide › Start',
        'Plug it in.',
        '',
        '[2] b.md › Part',
        'Sentence 0 of b.md is here. Sentence 1 of b.md is here.',
        '',
        'Sources:',
        '[1] Guide, page 2: knowledge://docs/guide.pdf',
        '[2] b.md: knowledge://docs/b.md',
      ].join('\n'),
    );
    expect(value.citations?.map(({ number, page, cut }) => ({ number, page, cut }))).toEqual([
      { number: 1, page: 2, cut: false },
      { number: 2, page: null, cut: false },
    ]);
  });

  it('never costs more than it may: whole passages first, the next cut after a sentence', () => {
    const hits = [long('a.md', 10), long('b.md', 40), long('c.md', 3)];
    for (const budget of [50, 90, 130, 200, 333, 500, 1000]) {
      const { text, tokens, citations, left } = citedText(hits, budget);
      expect(tokens, String(budget)).toBe(tokenCost(text));
      expect(tokens, String(budget)).toBeLessThanOrEqual(budget);
      expect(citations.length + left).toBe(3);
      for (const [at, { cut, text: passage }] of citations.entries()) {
        expect(cut).toBe(passage !== hits[at]!.text);
        if (cut) expect(passage).toMatch(/is here\. …$/);
        // Nothing comes after a passage that was cut.
        if (cut) expect(at).toBe(citations.length - 1);
        expect(text).toContain(passage);
      }
    }
    const some = citedText(hits, 300);
    expect(some.citations.map(({ document, cut }) => [document, cut])).toEqual([
      ['a.md', false],
      ['b.md', true],
    ]);
    // A budget that is well used: less than a sentence with its signs is left.
    expect(some.tokens).toBeGreaterThan(270);
  });

  it('has no room for a passage of one endless sentence, and says so', () => {
    const endless = { ...hit, text: 'word '.repeat(500).trim() };
    expect(citedText([endless], 100)).toEqual({ text: '', citations: [], tokens: 0, left: 1 });
  });

  it('has neighbours around a passage once, without what they repeat', () => {
    const first = { ...hit, passage: 4, text: 'Two. Three.', before: 'One. Two.', after: 'Three. Four.' };
    expect(citedText([first], 500).citations[0]?.text).toBe('One. Two. Three. Four.');
    const second = { ...hit, passage: 5, text: 'Three. Four.', before: 'Two. Three.' };
    const chance = { ...hit, text: 'the end', before: 'Not every repetition is one: the' };
    expect(citedText([chance], 500).citations[0]?.text).toBe('Not every repetition is one: the\nthe end');
    expect(citedText([first, second], 500).citations.map(({ text }) => text)).toEqual([
      'One. Two. Three.',
      'Three. Four.',
    ]);
  });
});
