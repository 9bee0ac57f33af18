import { alike } from './analyse-fingerprint.ts';
import { wordsOf } from './analyse-words.ts';

/** What duplicates are told by. */
interface Comparable {
  document: string;
  documentId: string;
  text: string;
  fingerprint: string | null;
}

export type Merged<T> = T & { also?: { document: string; documentId: string }[] };

/** Share of the runs of three words that both have, from which on two texts say the same. */
const SAME = 0.8;
const RUN = 3;

/**
 * Hits in their order, without those that say nearly the same as a better one; `also` names their documents there.
 * Fingerprints say which to compare. What differs in a number or a code says something else.
 */
export function mergeDuplicates<T extends Comparable>(hits: readonly T[]): Merged<T>[] {
  const kept: { hit: Merged<T>; text: Compared | null }[] = [];
  for (const hit of hits) {
    const { fingerprint } = hit;
    const same = kept.find(({ hit: better, text }, index) => {
      if (better.text === hit.text) return sameHeadings(better, hit);
      if (fingerprint === null || better.fingerprint === null || !alike(better.fingerprint, fingerprint))
        return false;
      const first = text ?? comparedOf(better.text);
      kept[index]!.text = first;
      return sameText(first, comparedOf(hit.text));
    });
    if (!same) {
      kept.push({ hit: { ...hit }, text: null });
      continue;
    }
    const known = [same.hit, ...(same.hit.also ?? [])].some(
      ({ documentId }) => documentId === hit.documentId,
    );
    if (!known)
      same.hit.also = [...(same.hit.also ?? []), { document: hit.document, documentId: hit.documentId }];
  }
  return kept.map(({ hit }) => hit);
}

/** "See above." says something else under each heading: fingerprints know of headings. */
function sameHeadings(one: Comparable, other: Comparable): boolean {
  return one.fingerprint === other.fingerprint;
}

interface Compared {
  runs: ReadonlySet<string>;
  numbers: string;
}

function comparedOf(text: string): Compared {
  const words = wordsOf(text);
  const plain = words.filter((word) => word.kind !== 'whole').map((word) => word.text);
  const runs = new Set<string>();
  for (let index = 0; index < Math.max(1, plain.length - RUN + 1); index += 1) {
    runs.add(plain.slice(index, index + RUN).join(' '));
  }
  const numbers = words.filter((word) => /\p{N}/u.test(word.text)).map((word) => word.text);
  return { runs, numbers: numbers.sort().join(' ') };
}

function sameText(one: Compared, other: Compared): boolean {
  if (one.numbers !== other.numbers) return false;
  let both = 0;
  for (const run of one.runs) if (other.runs.has(run)) both += 1;
  return both / (one.runs.size + other.runs.size - both) >= SAME;
}
