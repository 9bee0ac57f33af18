/** The most a JavaScript date reaches, in ms from 1970. */
export const MAX_TIME = 8.64e15;

/** `2026-11-21`, perhaps with a time, perhaps with a zone. Other forms depend on the machine and are refused. */
const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** ms since 1970 of a text in ISO 8601, in UTC where it names no zone; null when it is none. */
export function isoTime(text: string): number | null {
  const trimmed = text.trim();
  if (!ISO.test(trimmed)) return null;
  const whole = trimmed.replace(' ', 'T').replace(/([+-]\d{2})(\d{2})$/, '$1:$2');
  const zoned = whole.length === 10 || /(?:Z|[+-]\d{2}:\d{2})$/.test(whole) ? whole : `${whole}Z`;
  const time = Date.parse(zoned);
  return Number.isNaN(time) ? null : time;
}
