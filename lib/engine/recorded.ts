import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { jsonSize } from './json-size.ts';

/** What of a step's input and value goes into events and records, in bytes. */
const RECORDED_BYTES = 64 * 1024;
/** Levels of nesting; what is deeper is cut like what is larger. */
const RECORDED_DEPTH = 100;
/** Characters kept of what is larger. */
const PREVIEW_CHARACTERS = 16 * 1024;

/** Members of objects (and headers, and parameters) whose value is never kept. */
export const SECRET_NAME =
  /^(proxy-)?authorization$|^(set-)?cookie$|^(x-)?api[-_]?key$|^pass(word|wd|phrase)$|^(client[-_]?)?secret$|^(access|refresh|id|auth)[-_]?token$/i;

/**
 * A value as it is recorded and shown: members named like a secret are blanked, and what is over 64 KiB
 * (or 100 levels) becomes `{ $truncated: true, preview }`, where `preview` keeps the shape and the beginnings.
 * Small values without secrets are returned as they are, not copied.
 */
export function recorded(value: JsonValue): JsonValue {
  const kind = jsonSize(value, RECORDED_BYTES) > RECORDED_BYTES ? 'large' : kindOf(value);
  if (kind === 'plain') return value;
  if (kind === 'secret') return blanked(value);
  return { $truncated: true, preview: beginning(value, { left: PREVIEW_CHARACTERS }, 0) };
}

/** Level by level, not by recursion: a small value can be nested deeply enough to break the stack. */
function kindOf(value: JsonValue): 'plain' | 'secret' | 'large' {
  let secret = false;
  let level: JsonValue[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > RECORDED_DEPTH) return 'large';
    const next: JsonValue[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      if (Array.isArray(item)) next.push(...item);
      else {
        for (const name in item) {
          secret ||= SECRET_NAME.test(name);
          next.push(item[name]!);
        }
      }
    }
    level = next;
  }
  return secret ? 'secret' : 'plain';
}

function blanked(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(blanked);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      SECRET_NAME.test(name) ? '[redacted]' : blanked(member),
    ]),
  );
}

/** The value with long texts and lists cut, within a budget of characters. */
function beginning(value: JsonValue, budget: { left: number }, depth: number): JsonValue {
  budget.left -= 8;
  if (budget.left <= 0) return '…';
  if (typeof value === 'string') {
    const length = Math.min(value.length, 2000, budget.left);
    budget.left -= length;
    return length < value.length ? `${value.slice(0, length)}…` : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 16) return '…';
  if (Array.isArray(value)) {
    const items = value.slice(0, 50).map((item) => beginning(item, budget, depth + 1));
    return items.length < value.length ? [...items, `… ${value.length - items.length} more`] : items;
  }
  const kept: JsonObject = {};
  for (const [name, member] of Object.entries(value)) {
    if (budget.left <= 0) break;
    budget.left -= name.length;
    kept[name] = SECRET_NAME.test(name) ? '[redacted]' : beginning(member, budget, depth + 1);
  }
  return kept;
}
