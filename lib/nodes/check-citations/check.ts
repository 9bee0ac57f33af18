import { sentencesOf } from '#lib/workflow/sentences.ts';

/** A passage that a text may refer to by its number. */
export interface Source {
  number: number;
  text: string;
}

export interface CheckedSentence {
  text: string;
  /** Numbers in it, in their order. */
  citations: number[];
  supported: boolean;
  /** Why it is not supported; null where it is. */
  why: string | null;
}

/** `[1]`, `[1, 3]` */
const MARK = /\[\d{1,4}(?:\s*,\s*\d{1,4})*\]/g;
/** Marks that stand after the full stop belong to the sentence before it. */
const LEADING_MARKS = /^(?:\s*\[\d{1,4}(?:\s*,\s*\d{1,4})*\])+/;
const QUOTES = /"([^"]{3,2000})"|“([^”]{3,2000})”|„([^“”]{3,2000})[“”]|«([^»]{3,2000})»/g;
/** Fewer words are a name, or meant otherwise, and not quoted. */
const FEWEST_QUOTED = 3;
/** Fewer words say nothing that could be wrong. */
const FEWEST_SAID = 3;

/**
 * A text sentence by sentence, with what supports each: every number in it has to be one of a source, and what stands
 * in quotation marks has to stand in a source that the sentence names. A sentence that says something and names none is
 * not supported; questions, headings and lines that only lead on say nothing.
 */
export function checkCitations(text: string, sources: readonly Source[]): CheckedSentence[] {
  const known = new Map(sources.map(({ number, text: passage }) => [number, folded(passage)]));
  return unitsOf(text).map((sentence) => {
    const citations = numbersIn(sentence);
    const why = faultOf(sentence, citations, known);
    return { text: sentence, citations, supported: why === null, why };
  });
}

/** Sentences with their marks; joined they are the text again. */
function unitsOf(text: string): string[] {
  const units: string[] = [];
  let isNewLine = true;
  for (const sentence of sentencesOf(text)) {
    const marks = isNewLine ? '' : (LEADING_MARKS.exec(sentence)?.[0] ?? '');
    if (marks !== '') units[units.length - 1] += marks;
    if (sentence.length > marks.length) units.push(sentence.slice(marks.length));
    isNewLine = sentence.endsWith('\n');
  }
  return units.reduce<string[]>((all, unit) => {
    // White space and signs alone go with what is before them.
    if (all.length > 0 && !/[\p{L}\p{N}]/u.test(unit)) all[all.length - 1] += unit;
    else all.push(unit);
    return all;
  }, []);
}

function numbersIn(sentence: string): number[] {
  const numbers = (sentence.match(MARK) ?? []).flatMap((mark) => mark.match(/\d+/g)!.map(Number));
  return [...new Set(numbers)];
}

function faultOf(
  sentence: string,
  citations: readonly number[],
  known: ReadonlyMap<number, string>,
): string | null {
  const unknown = citations.filter((number) => !known.has(number));
  if (unknown.length > 0) return `there is no source ${unknown.map((number) => `[${number}]`).join(', ')}`;
  if (citations.length === 0) return saysNothing(sentence) ? null : 'it names no source';
  for (const quoted of quotesIn(sentence)) {
    if (citations.some((number) => stands(quoted, known.get(number)!))) continue;
    const where = citations.map((number) => `[${number}]`).join(' or ');
    return `the words "${quoted.slice(0, 80)}" do not stand in ${where}`;
  }
  return null;
}

function saysNothing(sentence: string): boolean {
  const plain = sentence.trim();
  const words = plain.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length < FEWEST_SAID || /^#{1,6}\s/.test(plain) || /[?？:：]["'”’)*_]*$/.test(plain);
}

function quotesIn(sentence: string): string[] {
  return [...sentence.matchAll(QUOTES)]
    .map((match) => match.slice(1).find((part) => part !== undefined)!)
    .filter((quoted) => (quoted.match(/[\p{L}\p{N}]+/gu) ?? []).length >= FEWEST_QUOTED);
}

/** Word by word; an ellipsis leaves something out. */
function stands(quoted: string, passage: string): boolean {
  let from = 0;
  for (const part of quoted.split(/\s*(?:…|\[…\]|\.{3}|\[\.{3}\])\s*/)) {
    // The full stop within the quotation marks may be that of the sentence around it.
    const sought = folded(part).replace(/[.,;:!?]+$/, '');
    const at = passage.indexOf(sought, from);
    if (at < 0) return false;
    from = at + sought.length;
  }
  return true;
}

/** White space, letter case, the forms of signs and Markdown's marks make no other words. */
function folded(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[“”„«»]/g, '"')
    .replace(/[‘’‚]/g, "'")
    .replace(/[‐-―]/g, '-')
    .replace(/[*_`]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
