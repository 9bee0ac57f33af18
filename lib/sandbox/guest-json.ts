import type { JsonValue } from '#lib/workflow/json.ts';

const MAX_DEPTH = 64;

/**
 * Parses JSON that a sandbox process sent. Keys through which a careless copy would reach a prototype are dropped:
 * `__proto__`, and `constructor` where it holds a `prototype`. Throws when it is no JSON or nested deeper than 64.
 */
export function parseGuestJson(text: string): JsonValue {
  if (nesting(text) > MAX_DEPTH) throw new Error(`JSON nested deeper than ${MAX_DEPTH} levels`);
  // A reviver costs ten times the parse; hardly any text needs it. \u may spell any key.
  const suspicious = /"(?:__proto__|prototype)"|\\u/.test(text);
  return JSON.parse(text, suspicious ? dropPrototypeKeys : undefined);
}

function dropPrototypeKeys(key: string, value: unknown): unknown {
  if (key === '__proto__') return undefined;
  const dangerous = typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');
  return key === 'constructor' && dangerous ? undefined : value;
}

/** Deepest nesting of brackets outside of strings. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charCodeAt(i);
    if (character === QUOTE) {
      i = endOfString(text, i + 1);
    } else if (character === BRACKET || character === BRACE) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (character === BRACKET + 2 || character === BRACE + 2) {
      depth -= 1;
    }
  }
  return deepest;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACKET = 0x5b;
const BRACE = 0x7b;

function endOfString(text: string, from: number): number {
  let end = text.indexOf('"', from);
  while (end >= 0) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
    end = text.indexOf('"', end + 1);
  }
  return text.length;
}
