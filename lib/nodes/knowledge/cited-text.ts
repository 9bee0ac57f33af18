import type { KnowledgeHit } from '#lib/engine/capabilities.ts';
import { joinPassages } from '#lib/workflow/join-passages.ts';
import { sentencesOf } from '#lib/workflow/sentences.ts';
import { oneLine } from '#lib/workflow/text.ts';
import { tokenCost } from '#lib/workflow/token-cost.ts';

/** A passage as it stands in a text with numbered citations. */
export interface Citation {
  /** `[1]` in the text. */
  number: number;
  document: string;
  documentId: string;
  title: string;
  uri: string;
  headings: string[];
  page: number | null;
  passage: number;
  score: number;
  /** What stands in the text, word by word. */
  text: string;
  /** There was no room for the end of it. */
  cut: boolean;
}

export interface CitedText {
  text: string;
  citations: Citation[];
  /** About what the text costs a model; never more than what was allowed. */
  tokens: number;
  /** Passages for which there was no room. */
  left: number;
}

const SOURCES = 'Sources:';
const MOST_TITLE = 120;

/**
 * One text of passages, the best first, each under its number, and the list of their sources after it. Whole passages
 * as long as there is room in `budget` (tokens); the first that has none is cut after a sentence, and what comes
 * after it is left out.
 */
export function citedText(hits: readonly KnowledgeHit[], budget: number): CitedText {
  const found = new Set(hits.map(({ documentId, passage }) => `${documentId} ${passage}`));
  const has = (documentId: string, passage: number) => found.has(`${documentId} ${passage}`);
  const citations: Citation[] = [];
  // White space between the parts costs a token each.
  let room = budget - tokenCost(SOURCES) - 2;
  for (const hit of hits) {
    const whole = citationOf(hit, citations.length + 1, has);
    const around = tokenCost(headOf(whole)) + tokenCost(sourceOf(whole)) + 3;
    const needed = around + tokenCost(whole.text);
    if (needed <= room) {
      citations.push(whole);
      room -= needed;
      continue;
    }
    const text = beginningOf(whole.text, room - around);
    if (text !== '') citations.push({ ...whole, text, cut: true });
    break;
  }
  const text = citations.length === 0 ? '' : written(citations);
  return { text, citations, tokens: tokenCost(text), left: hits.length - citations.length };
}

function written(citations: readonly Citation[]): string {
  const passages = citations.map((citation) => `${headOf(citation)}\n${citation.text}`);
  return `${passages.join('\n\n')}\n\n${SOURCES}\n${citations.map(sourceOf).join('\n')}`;
}

/** `[1] Returns › Refunds` */
function headOf({ number, title, headings }: Citation): string {
  const names = headings[0] === title ? headings : [title, ...headings];
  return `[${number}] ${oneLine(names.join(' › '), 2 * MOST_TITLE)}`;
}

/** `[1] Returns, page 3: https://…` */
function sourceOf({ number, title, page, uri }: Citation): string {
  const name = `[${number}] ${oneLine(title, MOST_TITLE)}`;
  return `${name}${page === null ? '' : `, page ${page}`}${uri === '' ? '' : `: ${uri}`}`;
}

/** A neighbour that was found too stands under its own number. */
function citationOf(
  hit: KnowledgeHit,
  number: number,
  has: (documentId: string, passage: number) => boolean,
): Citation {
  const { document, documentId, title, uri, headings, page, passage, score } = hit;
  const parts = [
    has(documentId, passage - 1) ? '' : (hit.before ?? ''),
    hit.text,
    has(documentId, passage + 1) ? '' : (hit.after ?? ''),
  ];
  const text = parts
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .reduce(joinPassages, '');
  return { number, document, documentId, title, uri, headings, page, passage, score, text, cut: false };
}

/** As many whole sentences as cost no more than `room` tokens; none: nothing. */
function beginningOf(text: string, room: number): string {
  // For the sign that it goes on.
  let left = room - 1;
  let kept = '';
  for (const sentence of sentencesOf(text)) {
    left -= tokenCost(sentence);
    if (left < 0) break;
    kept += sentence;
  }
  return kept.trim() === '' ? '' : `${kept.trimEnd()} …`;
}
