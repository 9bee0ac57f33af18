import type { JsonValue } from '#lib/workflow/json.ts';

/**
 * Bytes of a value as JSON in UTF-8, counted without writing it out; escapes count as one byte.
 * Stops once it is over `limit`, so that a huge value costs no more than a large one.
 */
export function jsonSize(value: JsonValue, limit: number): number {
  return sizeOf(value, limit, bytesOf);
}

/** As `jsonSize`, in characters: a long text costs no more than a short one, and one put together lazily stays so. */
export function jsonLength(value: JsonValue, limit: number): number {
  return sizeOf(value, limit, (text) => text.length);
}

function sizeOf(value: JsonValue, limit: number, textSize: (text: string, limit: number) => number): number {
  let size = 0;
  const stack: (JsonValue | undefined)[] = [value];
  while (stack.length > 0 && size <= limit) {
    const next = stack.pop();
    if (typeof next === 'string') size += 2 + textSize(next, limit - size);
    else if (typeof next !== 'object' || next === null) size += String(next).length;
    else if (Array.isArray(next)) {
      size += 2 + Math.max(0, next.length - 1);
      if (size <= limit) for (const item of next) stack.push(item);
    } else {
      size += 1;
      for (const name in next) {
        size += 4 + name.length;
        if (size > limit) break;
        stack.push(next[name]);
      }
    }
  }
  return size;
}

/** Bytes of a text in UTF-8; its length in characters when that alone is too much. */
function bytesOf(text: string, limit: number): number {
  if (text.length > limit) return text.length;
  let size = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // A surrogate pair is two characters and four bytes: one more for each half.
    if (code > 0x7f) size += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return size;
}
