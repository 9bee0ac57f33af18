import { type Node, parse } from 'acorn';

/** A place where code names a step, or an argument. */
export interface MemberName {
  name: string;
  start: number;
  end: number;
  /** `{ fetch }` of a destructuring, where the name is that of a variable too. */
  shorthand: boolean;
}

/**
 * Where the body of an async function reads `steps.<key>`, `steps['<key>']` or `const { <key> } = steps`. Code that
 * does not parse, or that gives the name `steps` to something else, reads none.
 */
export function stepNames(source: string): MemberName[] {
  return memberNames(source, 'steps');
}

/** Where it reads an argument: the same of `input`. */
export function inputNames(source: string): MemberName[] {
  return memberNames(source, 'input');
}

function memberNames(source: string, root: string): MemberName[] {
  if (!source.includes(root)) return [];
  let program: Node;
  try {
    program = parse(source, {
      ecmaVersion: 'latest',
      sourceType: 'script',
      allowReturnOutsideFunction: true,
      allowAwaitOutsideFunction: true,
    });
  } catch {
    return [];
  }
  const found: MemberName[] = [];
  const queue: AnyNode[] = [program as AnyNode];
  for (let node = queue.pop(); node; node = queue.pop()) {
    if (declares(node, root)) return [];
    readNode(node, root, found);
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) queue.push(child);
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

type AnyNode = Node & { [field: string]: unknown };

function isNode(value: unknown): value is AnyNode {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}

function isNamed(value: unknown, name: string): boolean {
  return isNode(value) && value.type === 'Identifier' && value['name'] === name;
}

/** `const steps = …`, a parameter or function of that name. */
function declares(node: AnyNode, root: string): boolean {
  if (node.type === 'VariableDeclarator' || node.type === 'ClassDeclaration')
    return isNamed(node['id'], root);
  const params = node['params'];
  return isNamed(node['id'], root) || (Array.isArray(params) && params.some((param) => isNamed(param, root)));
}

function readNode(node: AnyNode, root: string, found: MemberName[]): void {
  if (node.type === 'MemberExpression' && isNamed(node['object'], root)) {
    addName(node['property'], node['computed'] === true, false, found);
  }
  const isPattern = node.type === 'VariableDeclarator' && isNamed(node['init'], root);
  const pattern = isPattern ? node['id'] : undefined;
  if (!isNode(pattern) || pattern.type !== 'ObjectPattern') return;
  for (const property of pattern['properties'] as AnyNode[]) {
    if (property.type !== 'Property') continue;
    addName(property['key'], property['computed'] === true, property['shorthand'] === true, found);
  }
}

function addName(property: unknown, computed: boolean, shorthand: boolean, found: MemberName[]): void {
  if (!isNode(property)) return;
  const { start, end } = property;
  const { name, value } = property as { name?: unknown; value?: unknown };
  if (!computed && typeof name === 'string') found.push({ name, start, end, shorthand });
  else if (typeof value === 'string') found.push({ name: value, start, end, shorthand });
}
