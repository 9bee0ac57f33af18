import { blocksOf } from './blocks.ts';
import { cutBlock, sentencesOf } from './cut-block.ts';
import type { Section } from './document.ts';
import { mergeSections } from './merge-sections.ts';

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

/**
 * Cuts sections into chunks of at most `size` characters, by what they are made of: tables, lists and code stay whole
 * where they fit, paragraphs are cut between sentences; small sections go together. Pure, and linear in the text.
 */
export function chunk(sections: readonly Section[], settings: ChunkSettings): Chunk[] {
  return mergeSections(sections, settings.size).flatMap(({ text, ...where }) =>
    cutText(text, settings).map((part) => ({ ...where, text: part })),
  );
}

/** What stands in a chunk that is being filled. */
interface Open {
  text: string;
  /** The last piece, when it is prose: the next chunk may repeat its end. */
  prose: string;
  /** It holds more than what it repeats. */
  fresh: boolean;
}

const EMPTY: Open = { text: '', prose: '', fresh: false };

function cutText(text: string, { size, overlap }: ChunkSettings): string[] {
  const chunks: string[] = [];
  let open = EMPTY;
  const close = () => {
    if (open.fresh) chunks.push(open.text.trim());
    const repeated = open.fresh ? endOf(open.prose, overlap) : '';
    open = { text: repeated, prose: '', fresh: false };
  };
  const add = (piece: string, joint: string, prose: boolean) => {
    const before = open.text === '' ? '' : open.text + joint;
    open = { text: before + piece, prose: prose ? piece : '', fresh: true };
  };
  for (const block of blocksOf(text)) {
    const isProse = block.kind === 'prose';
    const joint = block.apart ? '\n\n' : '\n';
    const fits = () => open.text.length + joint.length + block.text.length <= size;
    if (open.text === '' ? block.text.length <= size : fits()) {
      add(block.text, joint, isProse);
      continue;
    }
    // What is whole stays whole in a chunk of its own, unless that would leave a few words alone in the one before.
    const alone = open.fresh && open.text.length < size / 5;
    if (block.text.length <= size && !alone && (!isProse || block.text.length <= SHORT)) {
      close();
      if (!isProse || !fits()) open = EMPTY;
      add(block.text, joint, isProse);
      continue;
    }
    const room = size - open.text.length - joint.length;
    if (open.fresh && room < size / 4) {
      close();
      if (!isProse) open = EMPTY;
    }
    const first = open.text === '' ? size : size - open.text.length - joint.length;
    // Sentences leave room for those of the chunk before that are said again.
    const most = isProse ? size - overlap - 1 : size;
    for (const [index, piece] of cutBlock(block, most, Math.min(first, size)).entries()) {
      if (index > 0) {
        close();
        if (!isProse || open.text.length + 1 + piece.length > size) open = EMPTY;
        add(piece, isProse ? ' ' : '\n', isProse);
      } else {
        if (open.text !== '' && open.text.length + joint.length + piece.length > size) {
          close();
          open = EMPTY;
        }
        add(piece, joint, isProse);
      }
    }
  }
  if (open.fresh) chunks.push(open.text.trim());
  return chunks.filter((part) => part !== '');
}

/** A paragraph of so many characters stays whole. */
const SHORT = 300;

/** The last sentences that fit into so many characters; nothing when they would be all. */
function endOf(prose: string, characters: number): string {
  if (characters === 0 || prose === '') return '';
  const sentences = sentencesOf(prose);
  let start = sentences.length;
  let left = characters;
  while (start > 0 && sentences[start - 1]!.length <= left) {
    start -= 1;
    left -= sentences[start]!.length;
  }
  return start === 0 ? '' : sentences.slice(start).join('').trim();
}
