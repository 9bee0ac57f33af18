import { parse } from 'acorn';
import type { Problem } from './problem.ts';

/**
 * Syntax errors in the body of an async function, as the JavaScript node runs it: at most one, since a
 * parser stops at the first. `start` and `end` are characters of `source`.
 */
export function checkJavaScript(
  source: string,
): Pick<Problem, 'code' | 'severity' | 'message' | 'start' | 'end'>[] {
  try {
    parse(source, {
      ecmaVersion: 'latest',
      sourceType: 'script',
      allowReturnOutsideFunction: true,
      allowAwaitOutsideFunction: true,
    });
    return [];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { pos = 0, loc } = error as SyntaxError & { pos?: number; loc?: { line: number; column: number } };
    const words = error.message.replace(/ \(\d+:\d+\)$/, '');
    const where = loc ? `line ${loc.line}, column ${loc.column + 1}` : 'the code';
    return [
      {
        code: 'javascript_syntax',
        severity: 'error',
        message: `The code does not parse (${where}): ${words}.`,
        start: pos,
        end: Math.min(pos + 1, source.length),
      },
    ];
  }
}
