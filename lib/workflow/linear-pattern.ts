import { RE2JS } from 're2js';
import { ExpressionError } from './expression-error.ts';

const MAX_PATTERN = 1000;
const MAX_PROGRAM = 5000;
const MAX_CACHED = 500;

const FLAGS: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
};

const cache = new Map<string, RE2JS>();

/**
 * A regular expression that takes time in proportion to the text, whoever wrote it: JavaScript's syntax without
 * lookaround and back-references. `flags` are of `ims` (`g` and `u` are accepted and mean nothing). Throws
 * ExpressionError that says what is wrong with the pattern.
 */
export function linearPattern(pattern: string, flags = ''): RE2JS {
  const key = `${flags}/${pattern}`;
  const known = cache.get(key);
  if (known) return known;
  const made = compilePattern(pattern, flags);
  cache.set(key, made);
  if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value!);
  return made;
}

function compilePattern(pattern: string, flags: string): RE2JS {
  if (pattern.length > MAX_PATTERN) {
    throw new ExpressionError(`The pattern is longer than ${MAX_PATTERN} characters.`);
  }
  let bits = 0;
  for (const flag of flags) {
    if (flag === 'g' || flag === 'u') continue;
    const bit = FLAGS[flag];
    if (bit === undefined)
      throw new ExpressionError(`There is no flag "${flag}" for patterns: use i, m or s.`);
    bits |= bit;
  }
  let made: RE2JS;
  try {
    made = RE2JS.compile(RE2JS.translateRegExp(pattern), bits);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new ExpressionError(
      `The pattern is not understood (${words}). Lookaround and back-references are not available.`,
    );
  }
  if (made.programSize() > MAX_PROGRAM) {
    throw new ExpressionError('The pattern is too large: its repetitions multiply.');
  }
  return made;
}
