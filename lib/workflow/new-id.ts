/** An id that no other step, edge or note has: 128 random bits. `crypto.randomUUID` is missing on plain http. */
export function newId(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))]
    .map((part) => part.toString(16).padStart(8, '0'))
    .join('');
}
