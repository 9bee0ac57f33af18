import type { Node } from 'acorn';
import { ExpressionError } from './expression-error.ts';
import type { Value } from './expression-value.ts';

export const REGEX_WORDS =
  'Regular expressions are written as text: matches(text, "^a+$"), match, matchAll or replaceMatches.';

/** What the language leaves out, in words. */
export const UNSUPPORTED: Readonly<Record<string, string>> = {
  AssignmentExpression: 'assignments',
  UpdateExpression: '++ and --',
  SequenceExpression: 'commas between expressions',
  FunctionExpression: 'functions',
  ClassExpression: 'classes',
  NewExpression: 'new',
  ThisExpression: 'this',
  AwaitExpression: 'await',
  YieldExpression: 'yield',
  ImportExpression: 'import',
  MetaProperty: 'import',
  TaggedTemplateExpression: 'tagged templates',
  SpreadElement: 'spread here',
};

/** A member was asked of nothing: `before` is the text of the expression that had no value. */
export function missing(value: Value, name: string, before: string, { start, end }: Node): ExpressionError {
  const text = shortened(before);
  return new ExpressionError(
    `Cannot read "${shortened(name)}": ${text} is ${String(value)}. Where it may be missing, write ${text}?.${shortened(name)}.`,
    { start, end },
  );
}

/** A piece of an expression, short enough for a message. */
export function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
