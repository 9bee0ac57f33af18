import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { cutAt } from './cut-text.ts';

/** Characters of a part that are kept free for the sentence that says how it goes on. */
const ROOM_FOR_WORDS = 600;
/** A text of which only as little would fit begins with the next part. */
const LEAST = 500;

/** What of an answer goes into one part, and where it ends, in characters of all texts of the answer. */
export interface ResultPart {
  content: JsonObject[];
  /** `total`, when it is the last. */
  end: number;
  total: number;
}

/** Characters of an answer: of its texts and of the texts of its embedded resources. Links and files do not count. */
function textLength(content: readonly JsonObject[]): number {
  return content.reduce((sum, item) => sum + (textOf(item)?.length ?? 0), 0);
}

/** An answer with its structured value as one more text, unless one of its texts is that already. */
export function withData(content: readonly JsonObject[], structured: JsonValue): JsonObject[] {
  const data = JSON.stringify(structured);
  const isThere = content.some((item) => textOf(item) === data);
  return isThere ? [...content] : [...content, { type: 'text', text: data }];
}

/** The texts of an answer, with their types. */
export function textsOf(content: readonly JsonObject[]): { text: string; mimeType: string }[] {
  return content.flatMap((item) => {
    const text = textOf(item);
    const { mimeType = 'text/plain' } = item['type'] === 'resource' ? (item['resource'] as JsonObject) : {};
    return text === null ? [] : [{ text, mimeType: String(mimeType) }];
  });
}

/**
 * The part of an answer that begins at character `from`, with no more than `budget` characters, including what is said
 * at its end when it is not the last. Links and files go with the first.
 */
export function resultPart(content: readonly JsonObject[], from: number, budget: number): ResultPart {
  const total = textLength(content);
  if (from === 0 && total <= budget) return { content: [...content], end: total, total };
  const most = total - from <= budget ? budget : budget - ROOM_FOR_WORDS;
  let room = most;
  const taken: JsonObject[] = [];
  let at = 0;
  let end: number | null = null;
  for (const item of content) {
    const text = textOf(item);
    if (text === null) {
      if (from === 0) taken.push(item);
      continue;
    }
    const start = Math.max(0, from - at);
    const left = text.length - start;
    if (end === null && left > 0) {
      const hasRoom = left <= room || room >= LEAST || room === most;
      const until = hasRoom ? cutAt(text, start, room) : start;
      if (until > start) taken.push(withText(item, text.slice(start, until)));
      room -= until - start;
      if (until < text.length) end = at + until;
    }
    at += text.length;
  }
  return { content: taken, end: end ?? total, total };
}

/** Of a text or an embedded text; null of all else. */
function textOf({ type, text, resource }: JsonObject): string | null {
  if (type === 'text') return text as string;
  const embedded = type === 'resource' ? (resource as JsonObject)['text'] : undefined;
  return typeof embedded === 'string' ? embedded : null;
}

function withText(item: JsonObject, text: string): JsonObject {
  if (item['type'] === 'text') return { ...item, text };
  return { ...item, resource: { ...(item['resource'] as JsonObject), text } };
}
