/** A word of a text, as it is searched: where it stands and what it is made of. */
export interface Word {
  /** Offsets in the text. */
  start: number;
  end: number;
  /** Small letters, without the characters that hold parts of a code together; at most 64 characters. */
  text: string;
  /**
   * - `word`: may be stemmed, and left out as a stop word
   * - `whole`: a code or name of several parts, which follow
   * - `exact`: as it stands: a number, a pair of characters of a script without spaces
   */
  kind: 'word' | 'whole' | 'exact';
  /** All in capital letters, in a text that is not: "IT" is not the word "it". */
  capitals: boolean;
}

/** What is longer is nobody's word. */
const LONGEST = 64;

// Soft hyphens and joiners of scripts stand inside of words.
const INSIDE = '\\p{L}\\p{N}\\p{M}\\u00ad\\u200c\\u200d';
// Up to three, as in "https://"; a comma only between digits.
const JOINT = `(?:[-_./:@\\\\#&+~'’‐‑]{1,3}|(?<=\\d),(?=\\d))`;
const COMPOUND = new RegExp(
  `[${INSIDE}]+(?:${JOINT}[${INSIDE}]+)*(?:(?<![${INSIDE}]{3})(?:\\+\\+|#))?`,
  'gu',
);

const HAN = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}ー\\p{Script=Hangul}';
const CJK = new RegExp(`[${HAN}]`, 'u');
const CJK_OR_NOT = new RegExp(`[${HAN}]+|[^${HAN}]+`, 'gu');
const UNSPACED = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const PLAIN = /^[\p{L}\p{M}\u00ad\u200c\u200d]+$/u;
const UNITS = /:\/\/|[/\\@]+/;
const LETTERS_OR_DIGITS = /\p{Lu}+(?!\p{Ll})\p{M}*|\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}\p{M}]+|\p{Lu}+|\p{N}+/gu;
/** l'article, dell'arte; not o'clock. */
const ELISION = /^(?:[cdjlmnst]|qu|all|dall|dell|nell|sull|un|lorsqu|puisqu|jusqu)['’](?=\p{L}{2})/iu;
const POSSESSIVE = /['’]s$/iu;
/** 10,000 and 1,290.00 */
const THOUSANDS = /^(\d{1,3}(?:[.,]\d{3})+)(?:[.,]\d{1,2})?$/;
const VERSION = /^\d+(?:\.\d+){2,}$/;

/** The words of a text, in their order; parts of a code after the whole. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  const shouted = text === text.toUpperCase();
  for (const { 0: found, index } of text.matchAll(COMPOUND)) {
    if (PLAIN.test(found) && !CJK.test(found) && !UNSPACED.test(found)) {
      // By far the most frequent.
      if (inner(found)) compound(words, { text: found, start: index, shouted });
      else push(words, { text: found, start: index, kind: 'word', shouted });
    } else if (CJK.test(found)) {
      for (const { 0: run, index: at } of found.matchAll(CJK_OR_NOT)) {
        if (CJK.test(run)) pairs(words, run, index + at);
        else nested(words, run, { start: index + at, shouted });
      }
    } else if (UNSPACED.test(found)) segments(words, found, { start: index, shouted });
    else compound(words, { text: found, start: index, shouted });
  }
  return words;
}

/** What stands beside characters of a script without spaces. */
function nested(words: Word[], text: string, { start, shouted }: { start: number; shouted: boolean }): void {
  for (const { 0: found, index } of text.matchAll(COMPOUND)) {
    compound(words, { text: found, start: start + index, shouted });
  }
}

/** Whether a word of letters has capitals inside, as in camelCase. */
function inner(word: string): boolean {
  return /\p{Ll}\p{Lu}|\p{Lu}{2}\p{Ll}{2}/u.test(word);
}

interface Found {
  text: string;
  start: number;
  shouted: boolean;
}

/** A word with joints or digits in it, as a whole and in parts. */
function compound(words: Word[], { text, start, shouted }: Found): void {
  const units = split(text, UNITS);
  if (units.length > 1) push(words, { text, start, kind: 'whole', shouted });
  for (const unit of units) parts(words, { text: unit.text, start: start + unit.at, shouted });
}

function parts(words: Word[], found: Found): void {
  const elided = found.text.replace(POSSESSIVE, '').replace(ELISION, '');
  const skipped = found.text.indexOf(elided);
  const { text, start, shouted } = { ...found, text: elided, start: found.start + Math.max(skipped, 0) };
  if (/^[\d.,]+$/.test(text)) {
    push(words, { text, start, kind: 'exact', shouted });
    const thousands = THOUSANDS.exec(text)?.[1];
    if (thousands !== undefined) {
      const end = start + thousands.length;
      words.push({ start, end, text: thousands.replace(/[.,]/g, ''), kind: 'exact', capitals: false });
    }
    versions(words, text, start);
    return;
  }
  const pieces = split(text, /[-_.:+#~&'’‐‑,]+/).flatMap((piece) =>
    [...piece.text.matchAll(LETTERS_OR_DIGITS)].map(({ 0: run, index }) => ({
      text: run,
      at: piece.at + index,
    })),
  );
  const apostrophe = /^[\p{L}\p{M}]+['’][\p{L}\p{M}]+$/u.test(text);
  if (pieces.length <= 1 || apostrophe) {
    push(words, { text, start, kind: /\p{N}/u.test(text) ? 'exact' : 'word', shouted });
    return;
  }
  push(words, { text, start, kind: 'whole', shouted });
  const number = /\d+(?:\.\d+)+/.exec(text);
  if (number) {
    push(words, { text: number[0], start: start + number.index, kind: 'exact', shouted });
    versions(words, number[0], start + number.index);
  }
  for (const piece of pieces) {
    const ofNumber = number && piece.at >= number.index && piece.at < number.index + number[0].length;
    // A single letter or digit finds everything.
    if (piece.text.length < 2 || ofNumber) continue;
    push(words, {
      text: piece.text,
      start: start + piece.at,
      kind: /\p{N}/u.test(piece.text) ? 'exact' : 'word',
      shouted,
    });
  }
}

/** 2.3.1 is found by 2.3 too. */
function versions(words: Word[], number: string, start: number): void {
  if (!VERSION.test(number)) return;
  const numbers = number.split('.').slice(0, 8);
  for (let count = 2; count < numbers.length; count += 1) {
    const text = numbers.slice(0, count).join('.');
    words.push({ start, end: start + text.length, text, kind: 'exact', capitals: false });
  }
}

/** Chinese, Japanese and Korean: each two characters that follow one another. */
function pairs(words: Word[], run: string, start: number): void {
  const characters = [...run];
  let at = start;
  for (let index = 0; index < Math.max(1, characters.length - 1); index += 1) {
    const text = characters.slice(index, index + 2).join('');
    words.push({
      start: at,
      end: at + text.length,
      text: text.normalize('NFKC'),
      kind: 'exact',
      capitals: false,
    });
    at += characters[index]!.length;
  }
}

const segmenter = new Intl.Segmenter('th', { granularity: 'word' });

/** Thai and its neighbours: words are found by a dictionary. */
function segments(
  words: Word[],
  text: string,
  { start, shouted }: { start: number; shouted: boolean },
): void {
  for (const { segment, index, isWordLike } of segmenter.segment(text)) {
    if (isWordLike) push(words, { text: segment, start: start + index, kind: 'word', shouted });
  }
}

function push(words: Word[], { text, start, kind, shouted }: Found & { kind: Word['kind'] }): void {
  const squashed = squash(text);
  if (squashed === '') return;
  words.push({
    start,
    end: start + text.length,
    text: squashed,
    kind,
    capitals: !shouted && text.length > 1 && text === text.toUpperCase() && /\p{Lu}/u.test(text),
  });
}

/** Small letters of one form; of what joins parts a point between digits stays, and an apostrophe: ERR-4021 is err4021. */
function squash(text: string): string {
  const lower = /^[a-z]+$/.test(text) ? text : text.normalize('NFKC').toLowerCase();
  if (/^[\p{L}\p{M}\p{N}]+$/u.test(lower)) return lower.slice(0, LONGEST);
  return lower
    .replace(/(?<=\d)[-_./:,]+(?=\d)/g, '.')
    .replace(/’/g, "'")
    .replace(/(?<!\d)\.|\.(?!\d)|(?<!\p{L})'|'(?!\p{L})|[^\p{L}\p{M}\p{N}.#+']|#(?!$)|\+(?!\+?$)/gu, '')
    .slice(0, LONGEST);
}

function split(text: string, at: RegExp): { text: string; at: number }[] {
  const found: { text: string; at: number }[] = [];
  let start = 0;
  for (const part of text.split(at)) {
    const index = text.indexOf(part, start);
    if (part !== '') found.push({ text: part, at: index });
    start = index + part.length;
  }
  return found;
}
