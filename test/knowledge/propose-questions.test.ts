import { expect, it } from 'vitest';
import { proposeQuestions } from '#lib/knowledge/propose-questions.ts';

const texts = (passages: Parameters<typeof proposeQuestions>[0], most = 100) =>
  proposeQuestions(passages, most).map(({ text }) => text);

it('takes sentences that ask, with the words after them', () => {
  const text =
    'Q: Can I send it back?\n\nWithin 30 days, unopened.\n\n- **How long does it take?**\nTwo weeks.\n\nIs this the end?';
  expect(proposeQuestions([{ document: 'faq.md', headings: ['Questions'], text }], 10)).toEqual([
    { text: 'Can I send it back?', expected: [{ document: 'faq.md', quote: 'Within 30 days, unopened.' }] },
    { text: 'How long does it take?', expected: [{ document: 'faq.md', quote: 'Two weeks.' }] },
  ]);
});

it('asks what is defined', () => {
  const text = 'A lease is a contract for a while. This is the rule. Durable runs are the ones that go on.';
  expect(proposeQuestions([{ document: 'a.md', headings: [], text }], 10)).toEqual([
    {
      text: 'What is a lease?',
      expected: [{ document: 'a.md', quote: 'A lease is a contract for a while.' }],
    },
    {
      text: 'What are Durable runs?',
      expected: [{ document: 'a.md', quote: 'Durable runs are the ones that go on.' }],
    },
  ]);
  expect(texts([{ document: 'a.md', headings: [], text: 'Ein Vertrag ist eine Abrede.' }])).toEqual([
    'Was ist ein Vertrag?',
  ]);
});

it('asks for rows of tables by the head of their column', () => {
  const text = '| City | Allowance |\n|---|---|\n| Oslo | 45 EUR |\n| 12 | 5 EUR |';
  expect(proposeQuestions([{ document: 'a.md', headings: ['Introduction'], text }], 10)).toEqual([
    { text: 'Allowance: Oslo', expected: [{ document: 'a.md', quote: 'Oslo' }] },
  ]);
});

it('asks by headings that say something', () => {
  const headed = (...headings: string[]) => texts([{ document: 'a.md', headings, text: 'Some words.' }]);
  expect(headed('Handbook', 'How many days of holiday')).toEqual(['How many days of holiday?']);
  expect(headed('Handbook', 'Sending a parcel back')).toEqual(['Sending a parcel back']);
  expect(headed('Holidays', 'Carry over')).toEqual(['Holidays: Carry over']);
  expect(headed('Handbook', 'Overview')).toEqual([]);
  expect(headed('1.2', 'Overview')).toEqual([]);
  // Small sections share a passage.
  const text = '## Sending a parcel back\n\nYou may.\n\n## Who pays?\n\nWe do.';
  expect(proposeQuestions([{ document: 'a.md', headings: ['Handbook'], text }], 10)).toEqual([
    {
      text: 'Sending a parcel back',
      expected: [{ document: 'a.md', heading: 'Sending a parcel back' }],
    },
    { text: 'Who pays?', expected: [{ document: 'a.md', heading: 'Who pays?' }] },
  ]);
});

it('goes round the documents, asks nothing twice, and stops', () => {
  const passage = (document: string, heading: string) => ({ document, headings: [heading], text: '' });
  const given = [
    passage('a.md', 'Asking for a holiday'),
    passage('a.md', 'Asking for a parcel'),
    passage('b.md', 'asking for  a holiday'),
    passage('b.md', 'Working from home today'),
  ];
  expect(texts(given)).toEqual(['Asking for a holiday', 'Working from home today', 'Asking for a parcel']);
  expect(texts(given, 2)).toEqual(['Asking for a holiday', 'Working from home today']);
});

it('is done with hostile text at once', () => {
  const text = `${'a '.repeat(50_000)}?\n${'| '.repeat(20_000)}|\n${'**'.repeat(20_000)}`;
  expect(texts([{ document: 'a.md', headings: ['x'.repeat(10_000)], text }]).length).toBeLessThan(5);
});
