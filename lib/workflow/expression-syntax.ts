import { type Expression, parseExpressionAt } from 'acorn';

/** Longest expression, in characters. */
const MAX_LENGTH = 10_000;

export type ParsedExpression = { node: Expression } | { fault: string; start: number; end: number };

/**
 * The JavaScript expression that begins at `start`, by a JavaScript parser; `node.end` is the first character
 * behind it. Any JavaScript is accepted here: what the language leaves out is refused when it is compiled.
 */
export function parseExpression(text: string, start: number): ParsedExpression {
  try {
    // With parentheses kept as nodes the end is exact; without, the outermost ones would not count.
    const node = parseExpressionAt(text, start, {
      ecmaVersion: 2025,
      sourceType: 'module',
      preserveParens: true,
    });
    const { end } = node;
    if (end - start > MAX_LENGTH) {
      return { fault: `An expression may be ${MAX_LENGTH} characters long.`, start, end };
    }
    return { node };
  } catch (error) {
    if (error instanceof RangeError)
      return { fault: 'The expression is nested too deep.', start, end: start + 1 };
    if (!(error instanceof SyntaxError)) throw error;
    const { pos = start } = error as SyntaxError & { pos?: number };
    const at = Math.min(Math.max(pos, start), text.length - 1);
    return { fault: faultWords(error, text, at), start: at, end: Math.min(at + 1, text.length) };
  }
}

function faultWords(error: SyntaxError, text: string, at: number): string {
  const words = error.message.replace(/ \(\d+:\d+\)$/, '');
  if (words !== 'Unexpected token') return `${words}.`;
  if (text.startsWith('}}', at)) return 'The expression ends too early: something is missing before "}}".';
  return at >= text.length ? 'The expression has no end: "}}" is missing.' : `Unexpected "${text[at]}".`;
}
