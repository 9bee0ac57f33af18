/** How much the first places count more than those behind them (Cormack, Clarke and Büttcher 2009). */
const K = 60;

/** Orders what stands in several lists by reciprocal rank: what stands high in any of them, and higher what stands in all. */
export function fused(lists: readonly (readonly string[])[]): string[] {
  const sums = new Map<string, number>();
  for (const list of lists) {
    for (const [place, key] of list.entries()) sums.set(key, (sums.get(key) ?? 0) + 1 / (K + place + 1));
  }
  return [...sums].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([key]) => key);
}
