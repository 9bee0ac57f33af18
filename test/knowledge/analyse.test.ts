import { describe, expect, it } from 'vitest';
import { analyseChunks } from '#lib/knowledge/analyse.ts';
import { alike, fingerprintOf } from '#lib/knowledge/analyse-fingerprint.ts';
import { analyseQuery, hasPhrases } from '#lib/knowledge/analyse-query.ts';
import { wordsOf } from '#lib/knowledge/analyse-words.ts';
import { snippetOf } from '#lib/knowledge/snippet.ts';

const terms = (text: string, language = 'en') =>
  analyseChunks([{ headings: [], text }], language).chunks[0]!.terms.split(' ');

describe('terms of a text', () => {
  it.each([
    ['en', 'Refunds were refunded, refunding…', 'refund refund refund'],
    ['en', "The customer’s orders: don't!", 'custom order'],
    ['de', 'Die Häuser, das Haus, große Straßen', 'haus haus gross strass'],
    ['fr', 'Les remboursements de l’article', 'rembours articl'],
    ['es', 'Las canciones y la canción', 'cancion cancion'],
    ['da', 'København', 'kobenhavn'],
    ['', 'Running words', 'running words'],
    // Capitals are no stop word.
    ['en', 'The IT department, is it?', 'it depart'],
    ['en', 'WHAT IS IT', ''],
  ])('%s: %s', (language, text, expected) => {
    expect(terms(text, language).join(' ')).toBe(expected);
  });

  it.each([
    ['ERR-4021', 'err4021 err 4021'],
    ['err_4021', 'err4021 err 4021'],
    ['ERR4021', 'err4021 err 4021'],
    ['getUserById', 'getuserbyid get user id'],
    ['HTTPServer', 'httpserver http server'],
    ['v2.3.1', 'v2.3.1 2.3.1 2.3'],
    ['12-AB', '12ab 12 ab'],
    ['12ab', '12ab 12 ab'],
    ['lib/db/tool.md', 'libdbtoolmd lib db toolmd tool md'],
    ['a.b@example.com', 'abexamplecom ab examplecom exampl com'],
    ['C++ and C#', 'c++ c#'],
    ['1,290.00 and 10,000', '1.290.00 1290 10.000 10000'],
    ['2026-11-21', '2026.11.21 2026 11 21'],
    ['ma\u00adchine', 'machin'],
    ['ﬁle', 'file'],
  ])('%s is found whole and by its parts', (text, expected) => {
    expect(terms(text).join(' ')).toBe(expected);
  });

  it('are pairs of characters in Chinese, Japanese and Korean, and words in Thai', () => {
    expect(terms('返品は30日', 'ja')).toEqual(['返品', '品は', '30', '日']);
    expect(terms('한국어 문서', 'ko')).toEqual(['한국', '국어', '문서']);
    expect(terms('สวัสดีชาวโลก', 'th').length).toBeGreaterThan(1);
  });

  it('hold nothing that a database could take for an operator', () => {
    const hostile = 'a"b\'c\\d(e)f|g&h!i:*j k\0l \ud800 <-> NEAR(x, 2) -- ; {y} ^z ~w ゛か㌔ ﷺ';

    for (const term of terms(hostile)) expect(term).toMatch(/^[\p{L}\p{M}\p{N}.#+]*$/u);
  });

  it('stand where they stand', () => {
    const text = 'Straße, ERR-4021 und 返品は l’eau';

    for (const { start, end, text: word } of wordsOf(text)) {
      expect(text.slice(start, end).toLowerCase().replace(/[-’]/g, '')).toBe(word.replace(/'/g, ''));
    }
  });

  it('are in the language of the document', () => {
    const german = {
      headings: ['Handbuch'],
      text: 'Die Garantie beträgt zwei Jahre; den Kaufbeleg aufbewahren.',
    };
    const english = { headings: ['Manual'], text: 'The warranty lasts for two years; keep the receipt.' };

    expect(analyseChunks([german], 'auto').language).toBe('de');
    expect(analyseChunks([english], 'auto').language).toBe('en');
    expect(analyseChunks([german], 'en').language).toBe('en');
    expect(analyseChunks([german], 'de').chunks[0]).toMatchObject({
      headingTerms: 'handbuch',
      terms: 'garanti betragt zwei jahr kaufbeleg aufbewahr',
      length: 6,
    });
    expect(analyseChunks([], 'auto')).toEqual({ language: '', chunks: [] });
  });

  it('take time that grows with the text and no more', () => {
    for (const text of ['a.'.repeat(50_000), 'a-'.repeat(50_000), 'x'.repeat(100_000), "'".repeat(100_000)]) {
      expect(terms(text).every((term) => term.length <= 64)).toBe(true);
    }
  });
});

describe('fingerprints', () => {
  const text = terms(
    'You may return goods within thirty days of the day they reached you, without a reason.',
  );

  it('of texts alike are alike', () => {
    const long = Array.from({ length: 6 }, (_, part) => text.map((term) => term + part)).flat();

    expect(alike(fingerprintOf(text), fingerprintOf(text))).toBe(true);
    expect(alike(fingerprintOf(long), fingerprintOf([...long, 'more']))).toBe(true);
    expect(alike(fingerprintOf(text), fingerprintOf(terms('Parcels go by air in ten days.')))).toBe(false);
  });
});

describe('a query', () => {
  const termsOf = (query: string, languages: string[]) =>
    analyseQuery(query, languages)
      .words.filter((word) => !word.whole)
      .map((word) => word.terms.join('|'));

  it('is what is left of a question', () => {
    expect(termsOf('What is the refund of my orders?', ['en'])).toEqual(['refund', 'order']);
    expect(termsOf('wie lange gilt die Garantie', ['de', 'en'])).toEqual(['lang', 'gilt', 'garanti']);
    expect(termsOf('Rückerstattungen', ['de', 'en'])).toEqual(['ruckerstatt|ruckerstattungen']);
    expect(termsOf('rueckgabe', ['de'])).toEqual(['rueckgab|ruckgab']);
    expect(termsOf('what is it', ['de'])).toEqual([]);
  });

  it('joins words that others write as one, and knows what has to be there', () => {
    const { words } = analyseQuery('ERR 4021', ['en']);
    expect(words.map(({ terms: [term], whole, exact }) => [term, whole, exact])).toEqual([
      ['err', false, false],
      ['4021', false, true],
      ['err4021', true, true],
    ]);
    expect(analyseQuery('a "Refund policy" of "unclosed', ['en']).phrases).toEqual([['refund', 'policy']]);
    expect(hasPhrases(['x', 'Our refund-policy says'], [['refund', 'policy'], ['x']])).toBe(true);
    expect(hasPhrases(['A policy on refund', 'policy'], [['refund', 'policy']])).toBe(false);
  });

  it('knows the word that is being typed', () => {
    expect(analyseQuery('customs Dút', ['en'], { prefix: true }).typing).toBe('dut');
    expect(analyseQuery('customs dut ', ['en'], { prefix: true }).typing).toBe(null);
    expect(analyseQuery('customs dut', ['en']).typing).toBe(null);
  });

  it('has an end', () => {
    const words = Array.from({ length: 500 }, (_, index) => `word${index}x`).join(' ');

    expect(analyseQuery(words, ['en']).words.length).toBeLessThan(40);
  });
});

describe('a snippet', () => {
  const marked = { terms: new Set(['refund', '4021', 'err4021', 'garanti']), languages: ['en', 'de'] };

  it('marks the words as they stand', () => {
    expect(snippetOf('Refunding takes long; ERR-4021 is shown.\nDie Garantie!', marked)).toBe(
      '**Refunding** takes long; **ERR-4021** is shown. Die **Garantie**!',
    );
    expect(snippetOf('half typed', { ...marked, typing: 'typ' })).toBe('half **typed**');
  });

  it('is where most of them are, between words', () => {
    const filler = 'nothing to see here '.repeat(30);
    const snippet = snippetOf(`Refund. ${filler} a refund of ERR-4021. ${filler}`, marked);

    expect(snippet).toContain('a **refund** of **ERR-4021**.');
    expect(snippet).toMatch(/^…\w+ .* \w+…$/);
    expect(snippet.length).toBeLessThan(280);
  });
});
