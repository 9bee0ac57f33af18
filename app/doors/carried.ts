/** A description of an API: where it is, or what it says. */
export type Carried = { url: string } | { text: string };

let carried: Carried | null = null;

/**
 * Keeps what was pasted until the page that reads descriptions takes it. In memory only: a text may be large, and an
 * address in the page's own would be fetched whenever somebody follows a link.
 */
export function carry(pasted: Carried): void {
  carried = pasted;
}

/** What was pasted on the page before, once. */
export function takeCarried(): Carried | null {
  const pasted = carried;
  carried = null;
  return pasted;
}
