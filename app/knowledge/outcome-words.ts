/** What became of a file that was given to a base. */
export type Outcome = 'added' | 'changed' | 'unchanged';

/** In words that stand after its name. */
export function outcomeWords(outcome: Outcome): string {
  switch (outcome) {
    case 'added':
      return 'added, it is being read';
    case 'changed':
      return 'a new version is being read; the old one is found meanwhile';
    case 'unchanged':
      return 'unchanged, there already with the same content';
  }
}

/** `12 added, 2 changed, 1 unchanged, 3 refused`; what is none of is left out. */
export function outcomeSummary(counts: Record<Outcome | 'refused', number>): string {
  const words = (['added', 'changed', 'unchanged', 'refused'] as const).flatMap((name) =>
    counts[name] > 0 ? [`${counts[name].toLocaleString('en')} ${name}`] : [],
  );
  return words.join(', ');
}
