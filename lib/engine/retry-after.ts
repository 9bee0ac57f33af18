/**
 * What a `Retry-After` header asks for, in ms: it holds seconds or an HTTP date (RFC 9110 §10.2.3). `now` is ms since
 * the epoch. Undefined when there is none, or it is neither.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
