/** The name that was probably meant: at most a third of its characters differ. Undefined when none is near. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const sought = name.slice(0, 64).toLowerCase();
  let best: string | undefined;
  let least = Math.floor(sought.length / 3) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - sought.length) >= least) continue;
    const distance = distanceOf(sought, candidate.toLowerCase());
    if (distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

/** Characters to add, take away, change or swap with their neighbour (optimal string alignment). */
export function distanceOf(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? before[j - 2]! + 1 : change;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, change, swap));
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}
