import type { JsonObject, JsonValue } from './json.ts';

/** What of a recorded value is missing, in words; null when it is whole. */
export function gapIn(value: JsonValue): string | null {
  const rest: JsonValue[] = [value];
  for (const one of rest) {
    if (one === '[redacted]') return 'it left something secret behind, which is not recorded';
    if (typeof one !== 'object' || one === null) continue;
    if (!Array.isArray(one) && (one as JsonObject)['$truncated'] === true) {
      return 'what it left behind was too large to be recorded in full';
    }
    for (const member of Object.values(one)) rest.push(member);
  }
  return null;
}
