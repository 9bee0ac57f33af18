/** Characters looked through for the end of a sentence, and for a space. */
const SENTENCES_WITHIN = 2000;
const SPACE_WITHIN = 200;

const SENTENCE_END = /[.!?…]["'”’»)\]]*\s|[。！？]/g;

/**
 * Where to cut a text that is sent from `from` on, so that no more than `room` characters go: its end when all of it
 * fits; else after an element of JSON, a paragraph, a line, a sentence or a word, in this order, as long as at least half
 * of the room is used. Never inside of a surrogate pair. `room` ≥ 2.
 */
export function cutAt(text: string, from: number, room: number): number {
  const end = from + room;
  if (end >= text.length) return text.length;
  return (looksLikeJson(text) ? afterElement(text, from, end) : null) ?? afterWords(text, from, end);
}

function looksLikeJson(text: string): boolean {
  const ends = `${text.trimStart()[0]}${text.trimEnd().at(-1)}`;
  return ends === '{}' || ends === '[]';
}

/** After the last comma of the least depth in the second half of the room; null when there is none outside of texts. */
function afterElement(text: string, from: number, end: number): number | null {
  const least = from + Math.ceil((end - from) / 2);
  let depth = 0;
  let isText = false;
  let best: { at: number; depth: number } | null = null;
  for (let at = 0; at < end; at++) {
    const character = text.charCodeAt(at);
    if (isText) {
      if (character === BACKSLASH) at++;
      else if (character === QUOTE) isText = false;
    } else if (character === QUOTE) isText = true;
    else if (character === BRACE || character === BRACKET) depth++;
    else if (character === BRACE_END || character === BRACKET_END) depth--;
    else if (character === COMMA && at + 1 >= least && (best === null || depth <= best.depth)) {
      best = { at: at + 1, depth };
    }
  }
  return best?.at ?? null;
}

const BACKSLASH = 0x5c;
const QUOTE = 0x22;
const BRACE = 0x7b;
const BRACE_END = 0x7d;
const BRACKET = 0x5b;
const BRACKET_END = 0x5d;
const COMMA = 0x2c;

function afterWords(text: string, from: number, end: number): number {
  const half = from + Math.ceil((end - from) / 2);
  const paragraph = text.lastIndexOf('\n\n', end - 2);
  if (paragraph + 2 > half) return paragraph + 2;
  const line = text.lastIndexOf('\n', end - 1);
  if (line + 1 > half) return line + 1;
  const lookedAt = Math.max(half, end - SENTENCES_WITHIN);
  const sentence = [...text.slice(lookedAt, end).matchAll(SENTENCE_END)].at(-1);
  if (sentence) return lookedAt + sentence.index + sentence[0].length;
  const space = text.lastIndexOf(' ', end - 1);
  if (space + 1 > Math.max(half, end - SPACE_WITHIN)) return space + 1;
  return isHigh(text.charCodeAt(end - 1)) && isLow(text.charCodeAt(end)) ? end - 1 : end;
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
