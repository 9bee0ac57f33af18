/** Deeper values make every recursive reader of them overflow its stack. */
const MAX_DEPTH = 64;
const MAX_KEYS = 10_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/**
 * Looks over JSON text before it is parsed, in one pass without recursion. Returns what is wrong with its size,
 * or null. Text that is not JSON passes: JSON.parse will say so.
 */
export function jsonTooComplex(bytes: Uint8Array): string | null {
  let depth = 0;
  let keys = 0;
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]) {
      case QUOTE:
        at++;
        while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
        break;
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > MAX_DEPTH) return `The JSON is nested deeper than ${MAX_DEPTH} levels.`;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
      case COLON:
        if (++keys > MAX_KEYS) return `The JSON has more than ${MAX_KEYS} members.`;
        break;
    }
  }
  return null;
}

/**
 * Parses JSON that is not too deep; members named `__proto__` are left out, so that no copy of the value can change a
 * prototype.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  // Any of its letters may be written as an escape.
  if (text.includes('__proto__') || text.includes('\\u00')) dropPrototypes(value);
  return value;
}

/** Afterwards, as a reviver of `JSON.parse` is called for each of very many small values. */
function dropPrototypes(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) dropPrototypes(item);
    return;
  }
  // `JSON.parse` makes it a member like any other.
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__');
  for (const member of Object.values(value)) dropPrototypes(member);
}
