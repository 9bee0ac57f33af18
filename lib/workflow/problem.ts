/**
 * One reason why a document is not ready, written for the person who has to mend it.
 * Problems are returned, never thrown.
 */
export interface Problem {
  /** Stable identifier, for tests and documentation: `unknown_kind`, `cycle`, `expression_unknown_step` … */
  code: string;
  /** `error` blocks publishing; `warning` advises. */
  severity: 'error' | 'warning';
  /** One sentence: what is wrong and what to do. */
  message: string;
  nodeId?: string;
  edgeId?: string;
  /** Path inside the node's config (or the document, when there is no nodeId). */
  field?: (string | number)[];
  /** Character range inside the field's text, when the field is a text with expressions. */
  start?: number;
  end?: number;
}
