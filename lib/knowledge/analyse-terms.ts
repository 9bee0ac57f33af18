import { languageOf } from './analyse-languages.ts';
import type { Word } from './analyse-words.ts';

const MARKS = /[\u0300-\u036f]/g;
const LETTERS: Record<string, string> = {
  ß: 'ss',
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/** Without accents: what is typed without them finds it. */
export function folded(word: string): string {
  // Latin, Greek and Cyrillic; the signs of other scripts are vowels.
  if (/^[\x20-\x7e]*$/.test(word)) return word;
  return word
    .normalize('NFD')
    .replace(MARKS, '')
    .normalize('NFC')
    .replace(/[ßøæœłđðþı]/g, (letter) => LETTERS[letter]!);
}

/** A document has few words, many times. */
const remembered = new Map<string, Map<string, string>>();
const MOST_REMEMBERED = 20_000;

/** What a word is searched by in a language, or null for a stop word. Terms hold no space. */
export function termOf(word: Word, language: string): string | null {
  if (word.kind === 'exact' || /\p{N}/u.test(word.text)) return folded(word.text.replace(/'/g, ''));
  const { stem, stops } = languageOf(language);
  if (word.kind === 'word') {
    if (stops.has(word.text)) return word.capitals ? folded(word.text) : null;
    if (word.text.length < 2 && /[a-z]/.test(word.text)) return null;
  }
  const known = remembered.get(language) ?? new Map<string, string>();
  remembered.set(language, known);
  const before = known.get(word.text);
  if (before !== undefined) return before;
  if (known.size >= MOST_REMEMBERED) known.clear();
  // A stemmer may leave nothing; then the word stands for itself.
  const plain = word.text.replace(/'/g, '');
  const term = folded(stem(plain) || plain);
  known.set(word.text, term);
  return term;
}
