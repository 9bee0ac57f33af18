import { ExpressionError } from './expression-error.ts';
import { linearPattern } from './linear-pattern.ts';

/**
 * A URI template (RFC 6570, levels 1 to 3), read backwards: which values a URI was made with. Libraries that do this
 * try every way to split a URI, which takes time without bound; here it takes time in proportion to the URI.
 */
export interface UriTemplate {
  /** Names, in the order in which they stand. */
  variables: readonly string[];
  /** The same for two templates that match the same URIs. */
  shape: string;
  /** The values, decoded; those that a URI leaves out are missing. Null when the URI is none of this template. */
  match(uri: string): Record<string, string> | null;
}

/** A URI or a template that is not well made. The message is for whoever wrote it. */
export class UriError extends Error {
  override name = 'UriError';
}

const MAX_CHARACTERS = 400;
const MAX_VARIABLES = 16;
/** Characters of a URI that somebody asks for. */
export const MAX_URI = 2000;

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:./;
/** What RFC 3986 lets stand in a URI. */
const LITERAL = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/;
const VARIABLE = /^[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*$/;

interface Operator {
  /** Stands before the first value, and vanishes with it; none: the value must be there. */
  before: string;
  between: string;
  /** What a value may be made of, as a character class. */
  character: string;
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  '': { before: '', between: ',', character: '[^/?#]' },
  '+': { before: '', between: ',', character: '.' },
  '#': { before: '#', between: ',', character: '.' },
  '.': { before: '.', between: '.', character: '[^./?#]' },
  '/': { before: '/', between: '/', character: '[^/?#]' },
};

/** Operators whose values stand beside their names, in any order. */
const NAMED: Readonly<Record<string, { between: string; pattern: string }>> = {
  ';': { between: ';', pattern: '((?:;[^;/?#]*)*)' },
  '?': { between: '&', pattern: '(?:\\?([^#]*))?' },
  '&': { between: '&', pattern: '((?:&[^&#]*)*)' },
};

/** Whether a text is meant as a template, and not as one URI. */
export function isUriTemplate(text: string): boolean {
  return /[{}]/.test(text);
}

/** Checks a URI without variables. Throws UriError. */
export function checkUri(uri: string): void {
  if (uri.length > MAX_CHARACTERS) throw new UriError(`A URI has at most ${MAX_CHARACTERS} characters.`);
  if (!SCHEME.test(uri)) {
    throw new UriError('A URI begins with a scheme of your own, for example orders://open.');
  }
  checkLiteral(uri);
}

/** Reads a template. Throws UriError. */
export function uriTemplate(text: string): UriTemplate {
  if (text.length > MAX_CHARACTERS) {
    throw new UriError(`A URI template has at most ${MAX_CHARACTERS} characters.`);
  }
  if (!SCHEME.test(text) || text.indexOf('{') < text.indexOf(':')) {
    throw new UriError(
      'A URI template begins with a scheme of your own, for example orders://{order_id}: variables come after it.',
    );
  }
  const expressions: Expression[] = [];
  let pattern = '';
  let shape = '';
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{', at);
    const literal = text.slice(at, open < 0 ? undefined : open);
    checkLiteral(literal);
    pattern += escaped(literal);
    shape += literal;
    if (open < 0) break;
    const close = text.indexOf('}', open);
    if (close < 0) throw new UriError('A "{" of the URI template has no "}".');
    const expression = readExpression(text.slice(open + 1, close));
    checkNeighbours(literal === '' ? expressions.at(-1) : undefined, expression, expressions);
    expressions.push(expression);
    pattern += patternOf(expression);
    shape += shapeOf(expression);
    at = close + 1;
  }
  const variables = expressions.flatMap(({ names }) => names);
  const twice = variables.find((name, index) => variables.indexOf(name) !== index);
  if (twice !== undefined) throw new UriError(`The URI template has the variable "${twice}" twice.`);
  if (variables.length > MAX_VARIABLES) {
    throw new UriError(`A URI template has at most ${MAX_VARIABLES} variables.`);
  }
  const compiled = compiledPattern(pattern);
  return {
    variables,
    shape,
    match(uri) {
      if (uri.length > MAX_URI) return null;
      const matcher = compiled.matcher(uri);
      if (!matcher.matches()) return null;
      const values: [string, string][] = [];
      let group = 1;
      for (const { operator, names } of expressions) {
        const named = NAMED[operator];
        if (named) {
          const pairs = namedValues(matcher.group(group) ?? '', { names, between: named.between });
          if (!pairs) return null;
          values.push(...pairs);
          group += 1;
          continue;
        }
        for (const name of names) {
          const value = matcher.group(group) ?? undefined;
          if (value !== undefined) values.push([name, value]);
          group += 1;
        }
      }
      return decoded(values);
    },
  };
}

interface Expression {
  operator: string;
  names: string[];
}

function readExpression(content: string): Expression {
  const operator = /^[+#./;?&]/.exec(content)?.[0] ?? '';
  const names = content.slice(operator.length).split(',');
  for (const name of names) {
    if (VARIABLE.test(name)) continue;
    if (/[*:]/.test(name)) {
      throw new UriError(
        `"{${content}}": lists ("*") and beginnings of values (":3") cannot be in a URI template here.`,
      );
    }
    throw new UriError(`"{${content}}": the name of a variable has letters, digits and "_".`);
  }
  return { operator, names };
}

/** Where two values touch, nobody can say where one ends. */
function checkNeighbours(
  before: Expression | undefined,
  { operator, names }: Expression,
  all: readonly Expression[],
): void {
  if (before && OPERATORS[operator]?.before === '') {
    throw new UriError(
      `Put something between the variables "${before.names.at(-1)}" and "${names[0]}" of the URI template.`,
    );
  }
  const isQuery = (one: string) => one === '?' || one === '&';
  if (isQuery(operator) && all.some((one) => isQuery(one.operator))) {
    throw new UriError('Name all variables of the query in one place of the URI template: {?from,to}.');
  }
}

function patternOf({ operator, names }: Expression): string {
  const named = NAMED[operator];
  if (named) return named.pattern;
  const { before, between, character } = OPERATORS[operator]!;
  // As little as possible, so that "{name}{.format}" leaves the format to the second.
  const value = names.length > 1 && between === ',' ? `(${without(character, ',')}+?)` : `(${character}+?)`;
  const rest = names.slice(1).reduceRight((inner) => `(?:${escaped(between)}${value}${inner})?`, '');
  return before === '' ? `${value}${rest}` : `(?:${escaped(before)}${value}${rest})?`;
}

function without(character: string, one: string): string {
  return character === '.' ? `[^${one}]` : character.replace('[^', `[^${one}`);
}

function shapeOf({ operator, names }: Expression): string {
  return `{${operator}${NAMED[operator] ? [...names].sort().join(',') : names.length}}`;
}

function namedValues(
  text: string,
  { names, between }: { names: readonly string[]; between: string },
): [string, string][] | null {
  const pairs: [string, string][] = [];
  for (const part of text.split(between)) {
    if (part === '') continue;
    const [name = '', ...value] = part.split('=');
    if (!names.includes(name) || pairs.some(([known]) => known === name)) return null;
    pairs.push([name, value.join('=')]);
  }
  return pairs;
}

function decoded(values: readonly [string, string][]): Record<string, string> | null {
  try {
    return Object.fromEntries(values.map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    return null;
  }
}

function checkLiteral(literal: string): void {
  if (LITERAL.test(literal)) return;
  throw new UriError(
    'Only letters, digits and the signs of a URI may stand in one: write anything else as %20 and the like.',
  );
}

function escaped(literal: string): string {
  return literal.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

function compiledPattern(pattern: string) {
  try {
    return linearPattern(pattern, 's');
  } catch (error) {
    if (error instanceof ExpressionError) throw new UriError('The URI template is too long.');
    throw error;
  }
}
