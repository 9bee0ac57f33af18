/** Characters in which a passage may repeat the one before it. */
const MOST_OVERLAP = 2000;
/** What is shorter repeats something by chance, unless it is a sentence. */
const FEWEST = 20;

/**
 * One text of two passages that follow each other in a document. What the second repeats of the end of the first is in
 * it once.
 */
export function joinPassages(before: string, after: string): string {
  if (before === '') return after;
  const most = Math.min(before.length, after.length, MOST_OVERLAP);
  for (let length = most; length > 0; length -= 1) {
    const same = after.slice(0, length);
    if (before.endsWith(same) && isRepeated(before, after, same)) return before + after.slice(length);
  }
  return `${before}\n${after}`;
}

/** Whether it stands between words in both, and is more than chance. */
function isRepeated(before: string, after: string, same: string): boolean {
  const stands =
    /^$|\s/.test(before.at(-same.length - 1) ?? '') && /^$|\s/.test((after[same.length] ?? '') || ' ');
  return stands && (same.length >= FEWEST || /[.!?…。！？]$/.test(same));
}
