/** A text cannot be read. Plain, so that it crosses from one thread to another; `place` counts from 1. */
export class ParseError extends Error {
  override name = 'ParseError';
  readonly code: 'PARSE_ERROR' | 'TOO_LARGE';
  readonly place: { line?: number; column?: number };

  constructor(
    message: string,
    place: { line?: number; column?: number } = {},
    code: ParseError['code'] = 'PARSE_ERROR',
  ) {
    super(message);
    this.code = code;
    this.place = place;
  }
}

/** More than is read. */
export function tooLarge(message: string): ParseError {
  return new ParseError(message, {}, 'TOO_LARGE');
}
