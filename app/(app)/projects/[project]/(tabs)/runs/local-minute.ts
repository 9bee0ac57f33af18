/** A moment as a field of date and time holds it: `2026-11-21T09:30`, of the browser's time zone. */
export function localMinute(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
