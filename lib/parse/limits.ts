/** Upper bounds of what is read from a text. */
export const PARSE_LIMITS = {
  /** Characters of the text. */
  characters: 5 * 1024 * 1024,
  /** Characters of the value, as JSON. */
  valueCharacters: 10 * 1024 * 1024,
  /** Values in all: members, items, texts. */
  values: 1_000_000,
  /** Nesting of the value: as deep as expressions go. */
  depth: 200,
  /** Nesting of XML elements: each is three levels of the value. */
  elementDepth: 64,
  rows: 100_000,
  columns: 1_000,
  /** Elements a CSS selector may find. */
  found: 10_000,
  /** Characters of a CSS selector. */
  selector: 1_000,
} as const;
