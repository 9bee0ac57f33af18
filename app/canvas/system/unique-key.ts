const KEY_LENGTH = 40;

/** The first of `wanted`, `wanted_2`, `wanted_3` … that is not taken; never longer than a key may be. */
export function uniqueKey(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  for (let number = 2; ; number++) {
    const suffix = `_${number}`;
    const key = wanted.slice(0, KEY_LENGTH - suffix.length) + suffix;
    if (!taken.has(key)) return key;
  }
}
