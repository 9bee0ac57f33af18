import { AppError } from '#lib/db/app-error.ts';

/**
 * Lets so many of a kind of work be under way in this process, for one and for all; what is too much is refused with
 * `too_many` and these words.
 */
export function fewAtOnce({ ofOne, ofAll, words }: { ofOne: number; ofAll: number; words: string }) {
  const underWay = new Map<string, number>();

  return async <T>(whose: string, work: () => Promise<T>): Promise<T> => {
    const own = underWay.get(whose) ?? 0;
    const all = [...underWay.values()].reduce((sum, count) => sum + count, 0);
    if (own >= ofOne || all >= ofAll) throw new AppError('too_many', words);
    underWay.set(whose, own + 1);
    try {
      return await work();
    } finally {
      const left = underWay.get(whose)! - 1;
      if (left === 0) underWay.delete(whose);
      else underWay.set(whose, left);
    }
  };
}
