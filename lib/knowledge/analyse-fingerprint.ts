/** What stands for so many bits may differ between texts that are nearly the same. */
const MOST_DIFFERENT_BITS = 3;

/** Charikar's simhash, of 64 bits: texts that share most of their terms share most of its bits. */
export function fingerprintOf(terms: readonly string[]): string {
  const counts = new Int32Array(64);
  for (const term of terms) {
    if (term === '') continue;
    // What numbers say is what tells two entries of a list apart.
    const weight = /\d/.test(term) ? 4 : 1;
    const low = hash(term, 0x811c9dc5);
    const high = hash(term, 0x2545f491);
    for (let bit = 0; bit < 32; bit += 1) {
      counts[bit]! += (low >>> bit) & 1 ? weight : -weight;
      counts[bit + 32]! += (high >>> bit) & 1 ? weight : -weight;
    }
  }
  let [low, high] = [0, 0];
  for (let bit = 0; bit < 32; bit += 1) {
    if (counts[bit]! > 0) low |= 1 << bit;
    if (counts[bit + 32]! > 0) high |= 1 << bit;
  }
  return (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0');
}

/** Whether the texts of two fingerprints may be nearly the same. */
export function alike(one: string, other: string): boolean {
  let different = BigInt(`0x${one}`) ^ BigInt(`0x${other}`);
  let bits = 0;
  while (different !== 0n && bits <= MOST_DIFFERENT_BITS) {
    different &= different - 1n;
    bits += 1;
  }
  return bits <= MOST_DIFFERENT_BITS;
}

/** FNV-1a, with its bits mixed at the end. */
function hash(text: string, seed: number): number {
  let value = seed;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value ^= value >>> 16;
  value = Math.imul(value, 0x85ebca6b);
  value ^= value >>> 13;
  value = Math.imul(value, 0xc2b2ae35);
  return value ^ (value >>> 16);
}
