import { describe, expect, it } from 'vitest';
import { CHUNK_SETTINGS, chunk } from '#lib/knowledge/chunk.ts';

const cut = (text: string) => chunk([{ headings: ['Title', 'Part'], text }], CHUNK_SETTINGS);

const sentences = (count: number) =>
  Array.from(
    { length: count },
    (_, index) => `Here is the sentence with the number ${index}, of some length.`,
  ).join(' ');
const rows = (count: number) =>
  Array.from({ length: count }, (_, index) => `| A-${index} | ${index * 3} EUR |`);

/** Paragraphs, tables, lists and code of words that stand nowhere else. */
let counter = 0;
function randomText(random: () => number): string {
  const words = (count: number) =>
    Array.from({ length: 1 + Math.floor(random() * count) }, () => `w${counter++}x`);
  const blocks = Array.from({ length: 1 + Math.floor(random() * 8) }, () => {
    const lines = 1 + Math.floor(random() * 25);
    const many = (line: () => string) => Array.from({ length: lines }, line).join('\n');
    switch (Math.floor(random() * 5)) {
      case 0:
        return `| ${words(2).join(' ')} | b |\n| --- | --- |\n${many(() => `| ${words(6).join(' ')} | ${words(4).join(' ')} |`)}`;
      case 1:
        return many(() => `- ${words(12).join(' ')}\n  ${words(3).join(' ')}`);
      case 2:
        return `\`\`\`\n${many(() => (random() < 0.2 ? '' : `  ${words(6).join(' ')};`))}\n\`\`\``;
      case 3:
        return 'é'.repeat(1 + Math.floor(random() * 3000));
      default:
        return many(() => `${words(20).join(' ')}.`);
    }
  });
  return blocks.join(random() < 0.8 ? '\n\n' : '\n');
}
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

describe('chunks', () => {
  it('are one for a short section, with the path of its headings', () => {
    expect(cut('One sentence. Another one.')).toEqual([
      { headings: ['Title', 'Part'], text: 'One sentence. Another one.' },
    ]);
  });

  it('never mix sections', () => {
    const sections = [
      { headings: ['A'], text: 'a.' },
      { headings: ['B'], text: 'b.' },
    ];
    const chunks = chunk(sections, CHUNK_SETTINGS);

    expect(chunks.map((part) => part.text)).toEqual(['a.', 'b.']);
  });

  it('hold about 1,200 characters, end with a sentence, and repeat the last of it', () => {
    const sentences = Array.from(
      { length: 60 },
      (_, index) => `This is sentence number ${index}, and it goes on a little.`,
    );

    const chunks = cut(sentences.join(' '));

    expect(chunks.length).toBeGreaterThan(2);
    for (const { text } of chunks) {
      expect(text.length).toBeLessThanOrEqual(1200);
      expect(text.endsWith('a little.')).toBe(true);
    }
    for (const sentence of sentences) expect(chunks.some(({ text }) => text.includes(sentence))).toBe(true);
    const firstOfSecond = chunks[1]!.text.slice(0, 40);
    expect(chunks[0]!.text).toContain(firstOfSecond);
  });

  it('cut what has no sentences, at white space, and lose nothing', () => {
    const words = Array.from({ length: 2000 }, (_, index) => `word${index}`);

    const chunks = cut(words.join(' '));

    const found = new Set(chunks.flatMap(({ text }) => text.split(/\s+/)));
    expect(words.filter((word) => !found.has(word))).toEqual([]);
    expect(Math.max(...chunks.map(({ text }) => text.length))).toBeLessThanOrEqual(1200);
  });

  it('cut what has not even white space, but no character in two', () => {
    const chunks = cut('🎈'.repeat(3000));

    expect(chunks.every(({ text }) => text.isWellFormed() && text.length <= 1200)).toBe(true);
    expect(chunks.map(({ text }) => text).join('').length).toBeGreaterThanOrEqual(6000);
  });

  it('keep the lines of code and tables', () => {
    expect(cut('| a | b |\n| 1 | 2 |\n\n    if (x) {\n      y();\n    }')[0]!.text).toBe(
      '| a | b |\n| 1 | 2 |\n\n    if (x) {\n      y();\n    }',
    );
  });

  it('keep a table whole that fits, in a chunk of its own where it must', () => {
    const table = ['| sku | price |', '| --- | --- |', ...rows(20)].join('\n');

    const chunks = cut(`${sentences(14)}\n\n${table}\n\n${sentences(14)}`);

    expect(chunks.filter(({ text }) => text.includes(table))).toHaveLength(1);
  });

  it('cut a table that does not fit between rows, and say its header again', () => {
    const body = rows(200);

    const chunks = cut(`Prices:\n\n| sku | price |\n| --- | --- |\n${body.join('\n')}`);

    expect(chunks.length).toBeGreaterThan(3);
    expect(chunks[0]!.text).toMatch(/^Prices:\n\n\| sku \| price \|\n\| --- \| --- \|\n\| A-0/);
    for (const { text } of chunks) {
      expect(text).toContain('| sku | price |\n| --- | --- |\n| A-');
      expect(text.length).toBeLessThanOrEqual(1200);
    }
    const said = chunks.flatMap(({ text }) => text.split('\n').filter((line) => line.startsWith('| A-')));
    expect(said).toEqual(body);
  });

  it('cut code at its blank lines, each part in its fence', () => {
    const functions = Array.from(
      { length: 80 },
      (_, index) => `function f${index}() {\n  return ${index} * 2;\n}`,
    );

    const chunks = cut(`\`\`\`js\n${functions.join('\n\n')}\n\`\`\``);

    expect(chunks.length).toBeGreaterThan(1);
    for (const { text } of chunks) expect(text).toMatch(/^```js\nfunction f\d+\(\) \{[\s\S]*\}\n```$/);
    for (const one of functions) expect(chunks.filter(({ text }) => text.includes(one))).toHaveLength(1);
  });

  it('keep a list whole that fits, and cut another between its items', () => {
    const items = Array.from(
      { length: 12 },
      (_, index) => `- Item ${index}: it has a few words.\n  And a line below.`,
    );
    const long = Array.from(
      { length: 90 },
      (_, index) => `${index + 1}. Step ${index} is done with some care.`,
    );

    expect(cut(`${sentences(12)}\n\n${items.join('\n')}`).at(-1)!.text).toBe(items.join('\n'));
    const lines = cut(long.join('\n')).flatMap(({ text }) => text.split('\n'));
    expect(lines).toEqual(long);
  });

  it('put small sections together under the headings that they share', () => {
    const sections = [
      { headings: ['Shop', 'Returns'], text: 'Thirty days.' },
      { headings: ['Shop', 'Refunds'], text: 'Five days.' },
      { headings: ['Shop', 'Shipping'], text: sentences(30) },
      { headings: ['Shop', 'Shipping', 'Costs'], text: 'Free.' },
    ];

    const chunks = chunk(sections, CHUNK_SETTINGS);

    expect(chunks[0]).toEqual({
      headings: ['Shop'],
      text: '## Returns\n\nThirty days.\n\n## Refunds\n\nFive days.',
    });
    expect(chunks.at(-1)!.headings).toEqual(['Shop', 'Shipping']);
    expect(chunks.at(-1)!.text.endsWith('### Costs\n\nFree.')).toBe(true);
    const onPages = [1, 2].map((page) => ({ headings: ['Shop'], text: `On ${page}.`, page }));
    expect(chunk(onPages, CHUNK_SETTINGS)).toHaveLength(2);
  });

  it('lose nothing but white space, keep to the size, and come out the same again, whatever the text', () => {
    const random = randomOf(42);
    for (let round = 0; round < 120; round += 1) {
      const size = 200 + Math.floor(random() * 1500);
      const settings = { size, overlap: round % 2 === 0 ? 0 : Math.floor(random() * (size / 2)) };
      const sections = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, index) => ({
        headings: ['Title', `Part ${index}`],
        text: randomText(random),
      }));

      const chunks = chunk(sections, settings);

      expect(chunk(sections, settings)).toEqual(chunks);
      for (const { text } of chunks) {
        expect(text.length).toBeLessThanOrEqual(size);
        expect(text.trim()).not.toBe('');
      }
      // Each word is a different one: all are there, and in their order where nothing is repeated.
      const words = (text: string) => text.match(/w\d+x/g) ?? [];
      const said = chunks.flatMap(({ text }) => words(text));
      const given = sections.flatMap(({ text }) => words(text));
      expect(new Set(said)).toEqual(new Set(given));
      if (settings.overlap === 0) expect(said.filter((word, at) => said.indexOf(word) === at)).toEqual(given);
    }
  });

  it.each([
    ['one line', 'x'.repeat(3_000_000)],
    ['blank lines', '- a\n'.concat('\n'.repeat(1_000_000), 'b')],
    ['rows', '| a | b |\n| - | - |\n'.concat('| 1 | 2 |\n'.repeat(200_000))],
    ['a wide header', `| ${'h'.repeat(3000)} |\n| --- |\n${'| 1 |\n'.repeat(200_000)}`],
    ['fences', '```\n'.repeat(300_000)],
    ['sentences without end', 'a. '.repeat(700_000)],
    ['pipes', '|'.repeat(2_000_000)],
    ['items', '- \n'.repeat(500_000)],
  ])('take a text of %s without taking long', (_, text) => {
    const twice = (given: string) => {
      const begun = process.cpuUsage();
      chunk([{ headings: ['T'], text: given }], CHUNK_SETTINGS);
      const { user, system } = process.cpuUsage(begun);
      return user + system;
    };

    // Four times the text in less than ten times the time: not quadratic.
    twice(text.slice(0, text.length / 4));
    const quarter = twice(text.slice(0, text.length / 4));
    expect(twice(text)).toBeLessThan(10 * quarter + 1_000_000);
  });

  it('are none for nothing', () => {
    expect(cut(' \n ')).toEqual([]);
  });
});
