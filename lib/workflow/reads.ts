import { type Node, parse } from 'acorn';
import { parseTemplate } from './template.ts';
import type { ConfigText } from './template-fields.ts';

export type ReadRoot = 'input' | 'steps' | 'run';

/** A place where a text reads the run's arguments, what steps left behind, or the run itself. */
export interface Read {
  root: ReadRoot;
  /**
   * `member`: `steps.fetch`. `pattern`: what is taken apart in `const { a, b } = steps`. `whole`: the root itself;
   * `shorthand`: the same, as the member of an object.
   */
  as: 'member' | 'pattern' | 'whole' | 'shorthand';
  /** The first members that are read; empty of a whole. */
  names: string[];
  /** What stands for it in the text. */
  start: number;
  end: number;
}

/** Why nobody can tell what a text reads, as the end of a sentence. */
export interface Unreadable {
  reason: string;
}

/** What a text of a config reads, in order; environment values and the caller do not count. */
export function readsOf({ text, as }: ConfigText): Read[] | Unreadable {
  return as === 'javascript' ? codeReads(text) : templateReads(text);
}

/**
 * The text with other words for what it reads. `to` gets the root and the member (null: the root itself), and answers
 * what is to stand in its place, or null to leave it.
 */
export function withReads(
  text: string,
  reads: readonly Read[],
  to: (root: ReadRoot, name: string | null) => string | null,
): string {
  let result = text;
  for (const read of reads.toSorted((a, b) => b.start - a.start)) {
    const words = replacement(read, to);
    if (words !== null) result = result.slice(0, read.start) + words + result.slice(read.end);
  }
  return result;
}

function replacement(
  { root, as, names }: Read,
  to: (root: ReadRoot, name: string | null) => string | null,
): string | null {
  if (as === 'member') return to(root, names[0]!);
  if (as === 'pattern') {
    const changed = names.flatMap((name) => {
      const words = to(root, name);
      return words === null ? [] : [`${isPlainName(name) ? name : JSON.stringify(name)}: ${words}`];
    });
    return changed.length === 0 ? null : `{ ...${root}, ${changed.join(', ')} }`;
  }
  const words = to(root, null);
  return words !== null && as === 'shorthand' ? `${root}: ${words}` : words;
}

function templateReads(text: string): Read[] | Unreadable {
  const { references, faults } = parseTemplate(text);
  if (faults[0]) return { reason: 'has an expression with a fault' };
  const reads: Read[] = [];
  for (const { root, path, start } of references) {
    // The same wherever they are read.
    if (root === 'env' || root === 'caller') continue;
    const [first] = path;
    if (!first) {
      if (root !== 'input') return { reason: `reads ${root} by a name that is known only while running` };
      reads.push({ root, as: 'whole', names: [], start, end: start + root.length });
      continue;
    }
    reads.push({ root, as: 'member', names: [first.name], start, end: endOf(text, first) });
  }
  return reads.toSorted((a, b) => a.start - b.start);
}

/** Behind a member's name; of `['name']` behind the bracket. */
function endOf(text: string, { start, end }: { start: number; end: number }): number {
  if (!text.slice(0, start).trimEnd().endsWith('[')) return end;
  return text.indexOf(']', end) + 1;
}

/** Whether a name can be written behind a dot. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(name);
}

type AnyNode = Node & { [field: string]: unknown };

function codeReads(source: string): Read[] | Unreadable {
  let program: AnyNode;
  try {
    program = parse(source, {
      ecmaVersion: 'latest',
      sourceType: 'script',
      allowReturnOutsideFunction: true,
      allowAwaitOutsideFunction: true,
    }) as Node as AnyNode;
  } catch {
    return { reason: 'has code that does not parse' };
  }
  const reads: Read[] = [];
  const queue: { node: AnyNode; parent: AnyNode | null; field: string }[] = [
    { node: program, parent: null, field: '' },
  ];
  for (let at = queue.pop(); at; at = queue.pop()) {
    const { node, parent, field } = at;
    if (node.type === 'Identifier' && parent && (node['name'] === 'steps' || node['name'] === 'input')) {
      const read = identifierRead(node, parent, field);
      if (read && 'reason' in read) return read;
      if (read) reads.push(read);
    }
    if (node.type === 'ObjectPattern' && declaresRoot(node)) {
      return { reason: 'gives the name steps or input to something of its own' };
    }
    for (const [name, value] of Object.entries(node)) {
      for (const child of Array.isArray(value) ? value : [value]) {
        // The key of a shorthand is its value, too.
        if (node.type === 'Property' && node['shorthand'] === true && name === 'key') continue;
        if (isNode(child)) queue.push({ node: child, parent: node, field: name });
      }
    }
  }
  return reads.toSorted((a, b) => a.start - b.start);
}

/** What an identifier `steps` or `input` reads; null where it is only the name of a member. */
function identifierRead(node: AnyNode, parent: AnyNode, field: string): Read | Unreadable | null {
  const root = node['name'] as 'steps' | 'input';
  const { start, end } = node;
  const computed = parent['computed'] === true;
  const isMember = parent.type === 'MemberExpression';
  if (isMember && field === 'property' && !computed) return null;
  if (NAMED.has(parent.type) && field === 'key' && !computed) return null;
  if (DECLARES.has(`${parent.type}.${field}`)) {
    return { reason: `gives the name ${root} to something of its own` };
  }
  if (isMember && field === 'object') {
    const name = memberName(parent);
    if (name !== null) return { root, as: 'member', names: [name], start, end: parent.end };
  }
  const pattern = parent.type === 'VariableDeclarator' && field === 'init' ? parent['id'] : undefined;
  if (isNode(pattern) && pattern.type === 'ObjectPattern') {
    const names = patternNames(pattern);
    if (names) return { root, as: 'pattern', names, start, end };
  }
  if (root === 'steps') return { reason: 'reads steps in a way that cannot be followed' };
  const shorthand = parent.type === 'Property' && parent['shorthand'] === true;
  return { root, as: shorthand ? 'shorthand' : 'whole', names: [], start, end };
}

const NAMED: ReadonlySet<string> = new Set(['Property', 'MethodDefinition', 'PropertyDefinition']);

/** Places where a name is given, or given another value. */
const DECLARES: ReadonlySet<string> = new Set([
  'VariableDeclarator.id',
  'FunctionDeclaration.id',
  'FunctionDeclaration.params',
  'FunctionExpression.id',
  'FunctionExpression.params',
  'ArrowFunctionExpression.params',
  'ClassDeclaration.id',
  'ClassExpression.id',
  'CatchClause.param',
  'AssignmentExpression.left',
  'AssignmentPattern.left',
  'UpdateExpression.argument',
  'RestElement.argument',
  'ArrayPattern.elements',
  'ForOfStatement.left',
  'ForInStatement.left',
]);

/** `const { input } = …`, which hides what is meant. */
function declaresRoot(pattern: AnyNode): boolean {
  return (pattern['properties'] as AnyNode[]).some((property) => {
    const value = property['value'];
    const target = isNode(value) && value.type === 'AssignmentPattern' ? value['left'] : value;
    return isNode(target) && (target['name'] === 'steps' || target['name'] === 'input');
  });
}

function memberName(member: AnyNode): string | null {
  const property = member['property'] as AnyNode;
  if (member['computed'] !== true) return typeof property['name'] === 'string' ? property['name'] : null;
  return property.type === 'Literal' && typeof property['value'] === 'string' ? property['value'] : null;
}

/** The names that a pattern takes; null where it takes the rest, or one that is known only while running. */
function patternNames(pattern: AnyNode): string[] | null {
  const names: string[] = [];
  for (const property of pattern['properties'] as AnyNode[]) {
    const key = property['key'];
    if (property.type !== 'Property' || property['computed'] === true || !isNode(key)) return null;
    const name = key['name'] ?? key['value'];
    if (typeof name !== 'string') return null;
    names.push(name);
  }
  return names;
}

function isNode(value: unknown): value is AnyNode {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}
