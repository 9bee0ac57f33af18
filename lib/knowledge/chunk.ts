import type { Section } from './document.ts';

/** A passage of a document: what is searched, and what an answer is made of. */
export interface Chunk {
  /** From the document's title down. */
  headings: string[];
  text: string;
  /** Number of its page, slide or sheet, from 1, where the format has them. */
  page?: number;
}

export interface ChunkSettings {
  /** Characters of a chunk, at most. */
  size: number;
  /** Characters at the end of a chunk that the next one repeats, at most, so that a thought is not cut. */
  overlap: number;
}

/** About 300 tokens. */
export const CHUNK_SETTINGS: ChunkSettings = { size: 1200, overlap: 150 };

/** Cuts sections into chunks, between sentences where it can. */
export function chunk(sections: readonly Section[], settings: ChunkSettings): Chunk[] {
  return sections.flatMap(({ text, ...where }) =>
    pack(piecesOf(text, settings.size), settings).map((part) => ({ ...where, text: part })),
  );
}

function pack(pieces: readonly string[], { size, overlap }: ChunkSettings): string[] {
  const chunks: string[] = [];
  let current: string[] = [];
  let length = 0;
  let fresh = false;
  for (const piece of pieces) {
    if (length + piece.length > size && fresh) {
      chunks.push(current.join('').trim());
      current = tail(current, Math.min(overlap, size - piece.length));
      length = current.reduce((sum, sentence) => sum + sentence.length, 0);
    }
    current.push(piece);
    length += piece.length;
    fresh = true;
  }
  if (fresh) chunks.push(current.join('').trim());
  return chunks.filter((text) => text !== '');
}

/** The last sentences that fit into so many characters. */
function tail(sentences: readonly string[], characters: number): string[] {
  let start = sentences.length;
  let left = characters;
  while (start > 0 && sentences[start - 1]!.length <= left) {
    start -= 1;
    left -= sentences[start]!.length;
  }
  return sentences.slice(start);
}

/** Sentences, lines of code and rows of tables; together they are the text. None is longer than a chunk. */
function piecesOf(text: string, size: number): string[] {
  const sentences = new Intl.Segmenter(undefined, { granularity: 'sentence' });
  // By paragraph: the segmenter is quadratic in places, and a paragraph is short.
  return text
    .split(/(?<=\n{2,})/)
    .flatMap((paragraph) => bounded(paragraph))
    .flatMap((paragraph) =>
      paragraph.length <= SHORT ? paragraph : [...sentences.segment(paragraph)].map((part) => part.segment),
    )
    .flatMap((sentence) => bounded(sentence, size));
}

/** A paragraph of so many characters stays whole. */
const SHORT = 300;

/** Characters given to the segmenter at once, at most. */
const PARAGRAPH = 10_000;

/** Cuts what is too long, at white space where there is some near the end. */
function bounded(text: string, size = PARAGRAPH): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > size) {
    const space = rest.lastIndexOf(' ', size - 1);
    let cut = space > size / 2 ? space + 1 : size;
    // Not between the halves of a surrogate pair.
    if (/[\uD800-\uDBFF]/.test(rest[cut - 1]!)) cut -= 1;
    parts.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  parts.push(rest);
  return parts;
}
