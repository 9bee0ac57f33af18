/**
 * Sought texts up to this long are left to the platform. For longer ones its search takes the product of both lengths
 * at worst: a million characters and half a million held the process for a minute.
 */
const SHORT = 32;

/** As `text.indexOf(sought, from)`, in time that grows with the sum of both lengths. */
export function indexOfText(text: string, sought: string, from = 0): number {
  if (sought.length <= SHORT) return text.indexOf(sought, from);
  for (const at of occurrences(text, sought, Math.max(0, Math.trunc(from) || 0))) return at;
  return -1;
}

/** As `text.lastIndexOf(sought, from)`, in time that grows with the sum of both lengths. */
export function lastIndexOfText(text: string, sought: string, from = Number.POSITIVE_INFINITY): number {
  if (sought.length <= SHORT) return text.lastIndexOf(sought, from);
  const most = Number.isNaN(from) ? Number.POSITIVE_INFINITY : Math.max(0, Math.trunc(from));
  let last = -1;
  for (const at of occurrences(text, sought, 0)) {
    if (at > most) break;
    last = at;
  }
  return last;
}

/** As `text.split(separator, limit)`, in time that grows with the sum of both lengths. */
export function splitText(text: string, separator: string, limit?: number): string[] {
  if (separator.length <= SHORT) return text.split(separator, limit);
  const parts: string[] = [];
  let end = 0;
  for (const at of occurrences(text, separator, 0)) {
    if (at < end) continue;
    parts.push(text.slice(end, at));
    end = at + separator.length;
  }
  parts.push(text.slice(end));
  return limit === undefined ? parts : parts.slice(0, limit >>> 0);
}

/** Where the sought text begins, overlapping places too: Knuth, Morris and Pratt's search. */
function* occurrences(text: string, sought: string, from: number): Generator<number, void, void> {
  if (sought.length > text.length - from) return;
  const borders = bordersOf(sought);
  let matched = 0;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    while (matched > 0 && sought.charCodeAt(matched) !== code) matched = borders[matched - 1]!;
    if (sought.charCodeAt(matched) === code) matched += 1;
    if (matched < sought.length) continue;
    yield at + 1 - sought.length;
    matched = borders[matched - 1]!;
  }
}

/** Of each beginning of the text: how long its longest end is that is a beginning too. */
function bordersOf(sought: string): Int32Array {
  const borders = new Int32Array(sought.length);
  let length = 0;
  for (let at = 1; at < sought.length; at += 1) {
    const code = sought.charCodeAt(at);
    while (length > 0 && sought.charCodeAt(length) !== code) length = borders[length - 1]!;
    if (sought.charCodeAt(length) === code) length += 1;
    borders[at] = length;
  }
  return borders;
}
