import type { KindSpec } from '#lib/workflow/kind.ts';

/** The kinds the canvas may draw, by type. */
export type Kinds = ReadonlyMap<string, KindSpec>;
