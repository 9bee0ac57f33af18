import { languageOf } from './analyse-languages.ts';
import { folded, termOf } from './analyse-terms.ts';
import { type Word, wordsOf } from './analyse-words.ts';

/** A word of a query: what it may be found by. */
export interface QueryWord {
  /** As it was typed, in small letters, without accents. */
  typed: string;
  /** Its term in each language of the documents; a chunk with any of them has the word. */
  terms: string[];
  /** A number, or a code that holds one: it is never misspelt. */
  exact: boolean;
  /** A code of several parts, or words that stand side by side: it counts only where there is such a thing. */
  whole: boolean;
}

export interface AnalysedQuery {
  words: QueryWord[];
  /** What stood in double quotes has to be there, word by word. */
  phrases: string[][];
  /** The word that is still being typed: the last one, without accents, or null. */
  typing: string | null;
}

/** A whole page pasted as a query would match everything anyway. */
const MOST_CHARACTERS = 4000;
const MOST_WORDS = 32;
const MOST_PHRASES = 4;

/** What a query looks for in documents of these languages (codes of ISO 639-1). Pure. */
export function analyseQuery(
  query: string,
  languages: readonly string[],
  { prefix = false }: { prefix?: boolean } = {},
): AnalysedQuery {
  const text = query.slice(0, MOST_CHARACTERS);
  const found = wordsOf(text);
  const asked = languageOf(languageAsked(found, languages));
  const last = found.at(-1);
  const open = prefix && last !== undefined && last.end === text.trimEnd().length && text.trimEnd() === text;
  const words = new Map<string, QueryWord>();
  let before: Word | null = null;
  for (const word of found) {
    if (words.size >= MOST_WORDS) break;
    if (word.kind === 'word' && asked.stops.has(word.text) && !word.capitals && !(open && word === last)) {
      before = null;
      continue;
    }
    add(words, word, termsOf(word, languages));
    // "back up" finds "backup", and "ERR 4021" finds "ERR4021".
    if (before && before.kind !== 'whole' && word.kind !== 'whole' && before.end + 1 === word.start) {
      const joined: Word = { ...word, text: before.text + word.text, kind: 'whole', start: before.start };
      if (/[a-z]/.test(joined.text) && joined.text.length <= 40)
        add(words, joined, termsOf(joined, languages));
    }
    before = word;
  }
  return {
    words: [...words.values()],
    phrases: phrasesOf(text),
    typing: open ? folded(last.text) : null,
  };
}

function add(words: Map<string, QueryWord>, word: Word, terms: string[]): void {
  const key = terms[0];
  if (key === undefined || words.has(key)) return;
  words.set(key, {
    typed: folded(word.text),
    terms,
    exact: /\p{N}/u.test(word.text) || word.kind === 'exact',
    whole: word.kind === 'whole',
  });
}

function termsOf(word: Word, languages: readonly string[]): string[] {
  const codes = languages.length > 0 ? languages : [''];
  const terms = codes.map((code) => termOf(word, code)).filter((term) => term !== null);
  // German without its dots: ae for ä.
  if (codes.includes('de') && /[aou]e/.test(word.text) && word.kind === 'word') {
    const dotted = termOf({ ...word, text: word.text.replace(/([aou])e/g, dots) }, 'de');
    if (dotted !== null) terms.push(dotted);
  }
  return [...new Set(terms)];
}

function dots(_: string, letter: string): string {
  return { a: 'ä', o: 'ö', u: 'ü' }[letter]!;
}

/** The language whose stop words a question is made of; whatever the documents speak, it may be English. */
function languageAsked(words: readonly Word[], languages: readonly string[]): string {
  let [best, most] = ['en', 0];
  for (const code of [...languages, 'en']) {
    const { stops } = languageOf(code);
    const count = words.filter((word) => word.kind === 'word' && stops.has(word.text)).length;
    if (count > most) [best, most] = [code, count];
  }
  return best;
}

/** Word by word, as `hasPhrases` compares them. */
function phrasesOf(text: string): string[][] {
  return [...text.matchAll(/["“„«]([^"“”„«»]{1,200})["”“»]/g)]
    .map((match) => plainWords(match[1]!))
    .filter((words) => words.length > 0)
    .slice(0, MOST_PHRASES);
}

/** Whether one text or another has each of the phrases, its words side by side. */
export function hasPhrases(texts: readonly string[], phrases: readonly (readonly string[])[]): boolean {
  const all = texts.map(plainWords);
  return phrases.every((phrase) =>
    all.some((words) =>
      words.some((_, start) => phrase.every((word, index) => words[start + index] === word)),
    ),
  );
}

function plainWords(text: string): string[] {
  return wordsOf(text)
    .filter((word) => word.kind !== 'whole')
    .map((word) => folded(word.text));
}
