/** How long passages are, in characters. */
export interface SizeStats {
  count: number;
  average: number;
  shortest: number;
  longest: number;
}

/** Null where there are none. */
export function sizeStats(texts: readonly string[]): SizeStats | null {
  if (texts.length === 0) return null;
  const lengths = texts.map(({ length }) => length);
  return {
    count: lengths.length,
    average: Math.round(lengths.reduce((sum, length) => sum + length, 0) / lengths.length),
    shortest: Math.min(...lengths),
    longest: Math.max(...lengths),
  };
}

/** Sizes that can be chosen, in characters. */
export const SMALLEST_CHUNK = 200;
export const LARGEST_CHUNK = 4000;

/** What is wrong with sizes, in a sentence; null when they can be had. */
export function sizeFault({ size, overlap }: { size: number; overlap: number }): string | null {
  if (!Number.isInteger(size) || size < SMALLEST_CHUNK || size > LARGEST_CHUNK) {
    return `A passage has ${SMALLEST_CHUNK} to ${LARGEST_CHUNK.toLocaleString('en')} characters.`;
  }
  if (!Number.isInteger(overlap) || overlap < 0 || overlap > size / 2) {
    return `Passages overlap by at most half of their size, here ${Math.floor(size / 2)}.`;
  }
  return null;
}
