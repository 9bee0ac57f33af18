import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';

/** The arguments of a run; null when they were too large to be recorded as they were. */
export function wholeInput(input: JsonValue): JsonObject | null {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return null;
  return JSON.stringify(input).includes('"$truncated":true') ? null : input;
}
