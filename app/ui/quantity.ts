/** `< 1 ms`, `84 ms`, `1.3 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1) return '< 1 ms';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(ms < 9950 ? 1 : 0).replace(/\.0$/, '')} s`;
  const seconds = Math.round(ms / 1000);
  const rest = seconds % 60;
  return rest === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${rest} s`;
}

/** `512 B`, `1.5 KB`, `20 MB`; 1 KB is 1024 bytes. */
export function bytes(count: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  let amount = count;
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || amount >= 10 ? 0 : 1;
  return `${amount.toFixed(digits).replace(/\.0$/, '')} ${units[unit]}`;
}

/** `1 problem`, `3 problems`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount.toLocaleString('en')} ${amount === 1 ? one : many}`;
}

/** `12,400`. */
export function number(amount: number): string {
  return amount.toLocaleString('en');
}

/** `14:02:11`, as the browser's language and time zone have it. */
export function clockTime(at: string | number): string {
  return new Date(at).toLocaleTimeString();
}

/** `Saturday 21 November 2026 at 09:30:00`, as the browser's language and time zone have it. */
export function fullTime(at: string | number): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'medium' });
}

const spans: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** `5 minutes ago`, `in 2 days`, `just now`. Both times in ms since 1970. */
export function relativeTime(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000);
  for (const [unit, length] of spans) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return Math.abs(seconds) < 10 ? 'just now' : relative.format(seconds, 'second');
}
