import type { MemberExpression, Node } from 'acorn';

/** One name in a path: `items` in `steps.fetch.items`. Positions are characters of the field's text. */
export interface PathName {
  name: string;
  start: number;
  end: number;
  /** Written with `?.`: what stands before it may be missing. */
  optional: boolean;
}

/** A place where an expression reads its scope: `steps.fetch.body.items` is the root `steps` and three names. */
export interface Reference {
  root: 'input' | 'steps' | 'env' | 'run' | 'caller';
  path: PathName[];
  /** Method called on what was read, if one is. */
  method: string | null;
  start: number;
  end: number;
}

/** Why an expression is refused, and where. */
export interface ExpressionFault {
  code: string;
  message: string;
  start: number;
  end: number;
}

/** What an expression can read. */
export const ROOTS: ReadonlySet<string> = new Set(['input', 'steps', 'env', 'run', 'caller']);

export function isRoot(name: string): name is Reference['root'] {
  return ROOTS.has(name);
}

/**
 * The names of a path that starts at the scope, when all of it is known before running; else null. `locals` are
 * parameters in reach, which hide the scope.
 */
export function referenceOf(node: MemberExpression, locals: ReadonlyMap<string, unknown>): Reference | null {
  const path: PathName[] = [];
  let at: Node = node;
  while (at.type === 'MemberExpression' || at.type === 'ParenthesizedExpression') {
    if (at.type === 'ParenthesizedExpression') return null;
    const { object, property, computed, optional } = at as MemberExpression;
    const name = staticName(property, computed);
    if (name === null) return null;
    path.unshift({ name, start: property.start, end: property.end, optional });
    at = object;
  }
  if (at.type !== 'Identifier') return null;
  const { name } = at as Node & { name: string };
  if (locals.has(name) || !isRoot(name)) return null;
  return { root: name, path, method: null, start: node.start, end: node.end };
}

/** The name of a member that is known before running: `.name` or `['name']`. */
export function staticName(property: Node, computed: boolean): string | null {
  if (!computed) return property.type === 'Identifier' ? (property as Node & { name: string }).name : null;
  if (property.type !== 'Literal') return null;
  const { value } = property as Node & { value?: unknown };
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

export function staticKey(key: Node): string | null {
  return key.type === 'Identifier' ? (key as Node & { name: string }).name : staticName(key, true);
}
