import { eld } from 'eld/extrasmall';
import { fingerprintOf } from './analyse-fingerprint.ts';
import { termOf } from './analyse-terms.ts';
import { wordsOf } from './analyse-words.ts';

/** A passage as it is searched; terms are separated by spaces. */
export interface AnalysedChunk {
  headingTerms: string;
  terms: string;
  /** Number of terms of the text. */
  length: number;
  /** Texts alike have fingerprints that differ in few bits: 16 hexadecimal digits. */
  fingerprint: string;
}

/** Characters that the language of a document is told by, from passages all over it. */
const SAMPLE = 4000;

/**
 * What full-text search looks at. `language` is a code of ISO 639-1, or `auto`: the language of most of the text.
 * Answers it; empty when there is no telling. Pure, and the only place where documents are analysed, so that every
 * database finds the same.
 */
export function analyseChunks(
  chunks: readonly { headings: readonly string[]; text: string }[],
  language: string,
): { language: string; chunks: AnalysedChunk[] } {
  const code = language === 'auto' ? detect(chunks) : language;
  // Passages that follow one another mostly stand under the same headings.
  const byHeading = new Map<string, string>();
  const termsOfHeading = (heading: string): string => {
    const known = byHeading.get(heading);
    if (known !== undefined) return known;
    const terms = termsOf(heading, code).join(' ');
    byHeading.set(heading, terms);
    return terms;
  };
  return {
    language: code,
    chunks: chunks.map(({ headings, text }) => {
      const terms = termsOf(text, code);
      const own = headings.slice(1).map(termsOfHeading).join(' ').split(' ');
      return {
        headingTerms: headings
          .map(termsOfHeading)
          .filter((part) => part !== '')
          .join(' '),
        terms: terms.join(' '),
        length: terms.length,
        // Copies of a document have titles of their own.
        fingerprint: fingerprintOf([...own, ...terms]),
      };
    }),
  };
}

function termsOf(text: string, language: string): string[] {
  return wordsOf(text)
    .map((word) => termOf(word, language))
    .filter((term) => term !== null);
}

function detect(chunks: readonly { text: string }[]): string {
  const step = Math.max(1, Math.floor(chunks.length / 12));
  let sample = '';
  for (let index = 0; index < chunks.length && sample.length < SAMPLE; index += step) {
    sample += `${chunks[index]!.text.slice(0, 500)}\n`;
  }
  return eld.detect(sample).language;
}
