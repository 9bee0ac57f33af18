import { describe, expect, it } from 'vitest';
import { CHUNK_SETTINGS, chunk } from '#lib/knowledge/chunk.ts';

const cut = (text: string) => chunk([{ headings: ['Title', 'Part'], text }], CHUNK_SETTINGS);

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

  it('are none for nothing', () => {
    expect(cut(' \n ')).toEqual([]);
  });
});
