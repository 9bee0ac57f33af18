/**
 * How well an entry of a list fits what was typed, 0 to 1: its name begins so, a word of it does, it is called that
 * too, its name holds it, another name begins so, its other words do. Every word typed must be found; letters are not
 * skipped, so that the first entry is no surprise.
 */
export function matchScore(name: string, typed: string, others: readonly string[] = []): number {
  const wanted = typed.trim().toLowerCase();
  if (wanted === '') return 1;
  const title = name.toLowerCase();
  if (title.startsWith(wanted)) return 1;
  if (title.includes(` ${wanted}`)) return 0.8;
  if (others.includes(wanted)) return 0.7;
  if (title.includes(wanted)) return 0.6;
  if (others.some((other) => other.toLowerCase().startsWith(wanted))) return 0.5;
  const all = [title, ...others].join(' ').toLowerCase();
  return wanted.split(/\s+/).every((word) => all.includes(word)) ? 0.3 : 0;
}
