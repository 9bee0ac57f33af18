/**
 * An expression could not be evaluated, or what came out does not fit its field. The message says what to do.
 * `field` is the path inside the node's config; `start` and `end` are characters of that field's text.
 */
export class ExpressionError extends Error {
  override name = 'ExpressionError';
  readonly field: readonly (string | number)[];
  readonly start: number | undefined;
  readonly end: number | undefined;

  constructor(
    message: string,
    where: { field?: readonly (string | number)[]; start?: number; end?: number } = {},
  ) {
    super(message);
    this.field = where.field ?? [];
    this.start = where.start;
    this.end = where.end;
  }

  /** The same failure, in this field. */
  in(field: readonly (string | number)[]): ExpressionError {
    return new ExpressionError(this.message, { field, start: this.start, end: this.end });
  }
}
