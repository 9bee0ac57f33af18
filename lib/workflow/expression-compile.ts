import type {
  ArrayExpression,
  ArrowFunctionExpression,
  CallExpression,
  ChainExpression,
  Expression,
  MemberExpression,
  Node,
  ObjectExpression,
  Pattern,
  SpreadElement,
  TemplateLiteral,
} from 'acorn';
import { ExpressionError } from './expression-error.ts';
import {
  type BinaryOperator,
  binaryOperators,
  concatenate,
  spread,
  unaryOperators,
} from './expression-operators.ts';
import {
  type ExpressionFault,
  isRoot,
  type Reference,
  ROOTS,
  referenceOf,
  staticKey,
  staticName,
} from './expression-reference.ts';
import {
  copyMembers,
  FORBIDDEN_NAMES,
  type Frame,
  isList,
  kindOf,
  memberOf,
  toName,
  toText,
  type Value,
} from './expression-value.ts';
import { missing, REGEX_WORDS, shortened, UNSUPPORTED } from './expression-words.ts';
import { functions, namespaces } from './functions.ts';
import { type Callback, listMethods } from './list-methods.ts';
import { nearest } from './nearest.ts';
import { numberMethods, textMethods } from './text-methods.ts';

export type Evaluate = (frame: Frame) => Value;

export interface CompiledExpression {
  evaluate: Evaluate;
  references: Reference[];
  faults: ExpressionFault[];
  /** The whole expression reads one path of the scope, so that its value is JSON as it is. */
  isPath: boolean;
}

const CONSTANTS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['undefined', undefined],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['Math.PI', Math.PI],
  ['Math.E', Math.E],
]);
/** Deepest nesting of an expression. */
const MAX_DEPTH = 250;
/** Stands for the value of a chain that ended at `?.`. */
const ENDED: Value = Object.freeze([]) as unknown as Value;

/**
 * Closures that evaluate an expression. `source` is the text its positions count in. Nothing is thrown: what the
 * language does not have is among `faults`, and then the closure is of no use.
 */
export function compileExpression(node: Expression, source: string): CompiledExpression {
  const compiler = new Compiler(source);
  const evaluate = compiler.expression(node);
  const { references, faults } = compiler;
  return { evaluate, references, faults, isPath: references.length === 1 && isWhole(node, references[0]!) };
}

/** Whether an expression is nothing but this reference. */
function isWhole(node: Expression, { start, end, method }: Reference): boolean {
  let at = node;
  while (at.type === 'ChainExpression' || at.type === 'ParenthesizedExpression') at = at.expression;
  const reads = at.type === 'MemberExpression' || at.type === 'Identifier';
  return reads && method === null && at.start === start && at.end === end;
}

class Compiler {
  readonly references: Reference[] = [];
  readonly faults: ExpressionFault[] = [];
  private readonly source: string;
  /** Names of parameters in reach, and their slots. */
  private locals: ReadonlyMap<string, number> = new Map();
  private slots = 0;
  private depth = 0;
  /** Parts compiled so far: the price of calling an arrow function is what its body added. */
  private parts = 0;

  constructor(source: string) {
    this.source = source;
  }

  expression(node: Expression | SpreadElement): Evaluate {
    this.parts += 1;
    this.depth += 1;
    try {
      if (this.depth > MAX_DEPTH)
        return this.fault(node, 'expression_depth', 'The expression is nested too deep.');
      return this.compile(node);
    } finally {
      this.depth -= 1;
    }
  }

  private compile(node: Expression | SpreadElement): Evaluate {
    switch (node.type) {
      case 'Literal': {
        if (node.regex) return this.fault(node, 'expression_regex', REGEX_WORDS);
        if (node.bigint) return this.unsupported(node, 'numbers that end in n');
        const value = node.value as Value;
        return () => value;
      }
      case 'ParenthesizedExpression':
        return this.expression(node.expression);
      case 'Identifier':
        return this.identifier(node.name, node);
      case 'TemplateLiteral':
        return this.templateLiteral(node);
      case 'MemberExpression':
        return this.member(node);
      case 'ChainExpression':
        return this.chain(node);
      case 'CallExpression':
        return this.call(node);
      case 'ArrayExpression':
        return this.array(node);
      case 'ObjectExpression':
        return this.object(node);
      case 'UnaryExpression': {
        const operator = unaryOperators.get(node.operator);
        if (!operator) return this.unsupported(node, `the operator ${node.operator}`);
        const argument = this.expression(node.argument);
        return (frame) => operator(argument(frame), frame);
      }
      case 'BinaryExpression': {
        const operator = binaryOperators.get(node.operator);
        if (!operator || node.left.type === 'PrivateIdentifier') {
          return this.unsupported(node, `the operator ${node.operator}`);
        }
        return binary(this.expression(node.left), operator, this.expression(node.right));
      }
      case 'LogicalExpression': {
        const left = this.expression(node.left);
        const right = this.expression(node.right);
        if (node.operator === '&&') return (frame) => left(frame) && right(frame);
        if (node.operator === '||') return (frame) => left(frame) || right(frame);
        return (frame) => left(frame) ?? right(frame);
      }
      case 'ConditionalExpression': {
        const test = this.expression(node.test);
        const yes = this.expression(node.consequent);
        const no = this.expression(node.alternate);
        return (frame) => (test(frame) ? yes(frame) : no(frame));
      }
      case 'ArrowFunctionExpression':
        return this.fault(
          node,
          'expression_arrow',
          'An arrow function can only be an argument of a list method such as map or filter.',
        );
      default:
        return this.unsupported(node, UNSUPPORTED[node.type] ?? `${node.type}`);
    }
  }

  private identifier(name: string, node: Node): Evaluate {
    const slot = this.locals.get(name);
    if (slot !== undefined) return (frame) => frame.locals[slot];
    if (CONSTANTS.has(name)) {
      const value = CONSTANTS.get(name);
      return () => value;
    }
    if (isRoot(name)) return this.root(name, node);
    if (functions.has(name)) {
      return this.fault(node, 'expression_function_value', `${name} is a function: call it, ${name}(…).`);
    }
    return this.unknownName(name, node);
  }

  private root(name: Reference['root'], node: Node): Evaluate {
    if (name === 'steps') {
      return this.fault(node, 'expression_steps', 'Say which step: steps.<key>, for example steps.fetch.');
    }
    this.references.push({ root: name, path: [], method: null, start: node.start, end: node.end });
    return (frame) => frame.scope[name];
  }

  private unknownName(name: string, node: Node): Evaluate {
    const known = [...this.locals.keys(), ...ROOTS, ...namespaces, ...functions.keys()];
    const guess = nearest(name, known);
    const hint = guess
      ? ` Did you mean ${guess}?`
      : ' Values are read as input.…, steps.<key>.… or env.<NAME>.';
    return this.fault(node, 'expression_unknown_name', `There is no "${name}".${hint}`);
  }

  private templateLiteral(node: TemplateLiteral): Evaluate {
    const texts = node.quasis.map((quasi) => quasi.value.cooked ?? '');
    const values = node.expressions.map((expression) => this.expression(expression));
    return (frame) => {
      let text = texts[0]!;
      for (const [index, value] of values.entries()) {
        text = concatenate(text, toText(value(frame), frame), frame);
        text = concatenate(text, texts[index + 1]!, frame);
      }
      return text;
    };
  }

  private chain(node: ChainExpression): Evaluate {
    const inner = this.expression(node.expression);
    return (frame) => {
      const value = inner(frame);
      return value === ENDED ? undefined : value;
    };
  }

  private member(node: MemberExpression): Evaluate {
    const constant = this.constantMember(node);
    if (constant) return constant;
    const reference = referenceOf(node, this.locals);
    if (reference) return this.read(node, reference);
    if (node.object.type === 'Super') return this.unsupported(node, 'super');
    const object = this.expression(node.object);
    return this.access(node, object);
  }

  /** `Math.PI`, or the fault of naming a function of a namespace without calling it. */
  private constantMember(node: MemberExpression): Evaluate | null {
    const name = this.namespaced(node);
    if (name === null) return null;
    if (CONSTANTS.has(name)) {
      const value = CONSTANTS.get(name);
      return () => value;
    }
    if (functions.has(name)) {
      return this.fault(node, 'expression_function_value', `${name} is a function: call it, ${name}(…).`);
    }
    return this.unknownFunction(name, node);
  }

  /** `Math.round` as one name, when it is a member of a namespace of the function library. */
  private namespaced(node: Node): string | null {
    if (node.type !== 'MemberExpression') return null;
    const { object, property, computed } = node as MemberExpression;
    if (computed || object.type !== 'Identifier' || property.type !== 'Identifier') return null;
    if (this.locals.has(object.name) || !namespaces.has(object.name)) return null;
    return `${object.name}.${property.name}`;
  }

  /** Reads a path of the scope. This is what most expressions are, so it does nothing else. */
  private read(node: MemberExpression, reference: Reference): Evaluate {
    const { root, path } = reference;
    for (const name of path) {
      if (FORBIDDEN_NAMES.has(name.name)) return this.forbidden(name, name.name);
    }
    this.references.push(reference);
    const names = path.map(({ name }) => name);
    const optional = path.map((name) => name.optional);
    const { source } = this;
    return (frame) => {
      let value = frame.scope[root] as Value;
      for (let index = 0; index < names.length; index += 1) {
        if (value === undefined || value === null) {
          if (optional[index]) return ENDED;
          const before = source.slice(node.start, path[index - 1]?.end ?? node.end);
          throw missing(value, names[index]!, before, node);
        }
        value = memberOf(value, names[index]!);
      }
      return value;
    };
  }

  private access(node: MemberExpression, object: Evaluate): Evaluate {
    const { property, computed, optional } = node;
    const before = this.source.slice(node.object.start, node.object.end);
    const known = staticName(property, computed);
    if (known !== null) {
      if (FORBIDDEN_NAMES.has(known)) return this.forbidden(property, known);
      return (frame) => {
        const owner = object(frame);
        if (owner === ENDED) return owner;
        if (owner === undefined || owner === null) {
          if (optional) return ENDED;
          throw missing(owner, known, before, node);
        }
        return memberOf(owner, known);
      };
    }
    if (property.type === 'PrivateIdentifier') return this.unsupported(property, 'private names');
    const name = this.expression(property);
    return (frame) => {
      const owner = object(frame);
      if (owner === ENDED) return owner;
      if ((owner === undefined || owner === null) && optional) return ENDED;
      const key = name(frame);
      if (owner === undefined || owner === null) throw missing(owner, toText(key, frame), before, node);
      return memberOf(owner, toName(key, frame));
    };
  }

  private call(node: CallExpression): Evaluate {
    const { callee } = node;
    if (node.optional) return this.unsupported(node, '?.( )');
    const library =
      callee.type === 'Identifier' && !this.locals.has(callee.name) ? callee.name : this.namespaced(callee);
    if (library !== null) return this.libraryCall(node, library);
    if (callee.type !== 'MemberExpression' || callee.object.type === 'Super') {
      return this.fault(
        callee,
        'expression_call',
        'Only functions of the library and methods can be called.',
      );
    }
    return this.methodCall(node, callee);
  }

  private libraryCall(node: CallExpression, name: string): Evaluate {
    const entry = functions.get(name);
    if (!entry) return this.unknownFunction(name, node.callee);
    const args = this.args(node.arguments);
    const [least, most] = entry.arity;
    const count = node.arguments.length;
    const spreads = node.arguments.some((argument) => argument.type === 'SpreadElement');
    if (!spreads && (count < least || count > most)) {
      return this.fault(node, 'expression_arguments', `It is called as ${entry.signature}.`);
    }
    const { run } = entry;
    const { start, end } = node;
    return (frame) => {
      frame.spend(5);
      try {
        return run(args(frame), frame);
      } catch (error) {
        if (error instanceof ExpressionError && error.start === undefined) {
          throw new ExpressionError(`${name}: ${error.message}`, { start, end });
        }
        throw error;
      }
    };
  }

  private unknownFunction(name: string, node: Node): Evaluate {
    const guess = nearest(name, [...functions.keys()]);
    const hint = guess ? ` Did you mean ${guess}?` : ' More than the library offers is a JavaScript step.';
    return this.fault(node, 'expression_unknown_function', `There is no function ${name}.${hint}`);
  }

  private methodCall(node: CallExpression, callee: MemberExpression): Evaluate {
    const name = staticName(callee.property, callee.computed);
    if (name === null) {
      return this.fault(callee, 'expression_call', 'The name of a method must be written out: list.map(…).');
    }
    if (FORBIDDEN_NAMES.has(name)) return this.forbidden(callee.property, name);
    const listMethod = listMethods.get(name);
    if (!listMethod && !textMethods.has(name) && !numberMethods.has(name)) {
      return this.unknownMethod(name, callee.property);
    }
    const from = this.references.length;
    const owner = this.expression(callee.object as Expression);
    const last = this.references.at(-1);
    if (
      this.references.length > from &&
      last &&
      last.start === callee.object.start &&
      last.end === callee.object.end
    ) {
      last.method = name;
    }
    const [first, ...others] = node.arguments;
    const arrow = first?.type === 'ArrowFunctionExpression' && listMethod?.arrow ? this.arrow(first) : null;
    if (listMethod?.arrow === 'required' && !arrow) {
      const words = `${name} takes an arrow function: .${name}((item) => …).`;
      return this.fault(node, 'expression_arguments', words);
    }
    const args = this.args(arrow ? others : node.arguments);
    const before = this.source.slice(callee.object.start, callee.object.end);
    const { optional } = callee;
    return (frame) => {
      const self = owner(frame);
      if (self === ENDED) return self;
      if (self === undefined || self === null) {
        if (optional) return ENDED;
        throw missing(self, name, before, node);
      }
      frame.spend(1);
      if (isList(self) && listMethod) {
        return listMethod.run(self, { args: args(frame), callback: arrow?.(frame) ?? null, frame });
      }
      if (typeof self === 'string') {
        const method = textMethods.get(name);
        frame.read(self.length);
        if (method) return method(self, args(frame), frame);
      } else if (typeof self === 'number') {
        const method = numberMethods.get(name);
        if (method) return method(self, args(frame), frame);
      } else if (name === 'toString') {
        return toText(self, frame);
      }
      throw new ExpressionError(`${shortened(before)} is ${kindOf(self)}, which has no method ${name}.`, {
        start: node.start,
        end: node.end,
      });
    };
  }

  private unknownMethod(name: string, node: Node): Evaluate {
    const guess = nearest(name, [...listMethods.keys(), ...textMethods.keys(), ...numberMethods.keys()]);
    const hint = guess ? ` Did you mean ${guess}?` : '';
    return this.fault(node, 'expression_unknown_method', `There is no method ${name}.${hint}`);
  }

  private args(nodes: (Expression | SpreadElement)[]): (frame: Frame) => Value[] {
    const parts = nodes.map((node) => ({
      value: this.expression(node.type === 'SpreadElement' ? node.argument : node),
      spread: node.type === 'SpreadElement',
    }));
    if (parts.some((part) => part.spread)) {
      return (frame) =>
        parts.flatMap((part) => (part.spread ? spread(part.value(frame), frame) : [part.value(frame)]));
    }
    return (frame) => parts.map((part) => part.value(frame));
  }

  private array(node: ArrayExpression): Evaluate {
    const elements = node.elements.filter((element) => element !== null);
    if (elements.length < node.elements.length) return this.unsupported(node, 'empty places in a list');
    const items = this.args(elements);
    return (frame) => {
      frame.spend(1);
      return items(frame);
    };
  }

  private object(node: ObjectExpression): Evaluate {
    const members: ((target: { [key: string]: Value }, frame: Frame) => void)[] = [];
    for (const property of node.properties) {
      if (property.type === 'SpreadElement') {
        const value = this.expression(property.argument);
        members.push((target, frame) => copyMembers(target, value(frame), frame));
        continue;
      }
      if (property.kind !== 'init' || property.method) {
        this.unsupported(property, 'methods in an object');
        continue;
      }
      const known = property.computed ? null : staticKey(property.key);
      if (known !== null) {
        if (FORBIDDEN_NAMES.has(known)) this.forbidden(property.key, known);
        const value = this.expression(property.value);
        members.push((target, frame) => {
          target[known] = value(frame);
        });
        continue;
      }
      const name = this.expression(property.key);
      const value = this.expression(property.value);
      members.push((target, frame) => {
        const key = toName(name(frame), frame);
        target[key] = value(frame);
      });
    }
    return (frame) => {
      frame.spend(members.length);
      const target: { [key: string]: Value } = {};
      for (const member of members) member(target, frame);
      return target;
    };
  }

  /** A closure over a slot for each parameter: an arrow function is never called while it is running. */
  private arrow(node: ArrowFunctionExpression): (frame: Frame) => Callback {
    if (node.async || node.body.type === 'BlockStatement') {
      this.unsupported(node, 'arrow functions with a body in braces');
      return () => () => undefined;
    }
    const outer = this.locals;
    this.locals = new Map(outer);
    const binders = node.params.map((param) => this.binder(param));
    const before = this.parts;
    const body = this.expression(node.body);
    const price = 1 + this.parts - before + binders.length;
    this.locals = outer;
    return (frame) => {
      return (...args) => {
        frame.spend(price);
        for (let index = 0; index < binders.length; index += 1) binders[index]!(args[index], frame);
        return body(frame);
      };
    };
  }

  /** What puts an argument into the slots of a parameter: a name, or a list or object of names. */
  private binder(pattern: Pattern): (value: Value, frame: Frame) => void {
    if (pattern.type === 'Identifier') {
      const slot = this.slots;
      this.slots += 1;
      (this.locals as Map<string, number>).set(pattern.name, slot);
      return (value, frame) => {
        frame.locals[slot] = value;
      };
    }
    if (pattern.type === 'ArrayPattern') {
      const binders = pattern.elements.map((element) => (element ? this.binder(element) : null));
      return (value, frame) => {
        if (!isList(value))
          throw new ExpressionError(`A list is expected by (${this.text(pattern)}), not ${kindOf(value)}.`);
        for (const [index, bind] of binders.entries()) bind?.(value[index], frame);
      };
    }
    if (pattern.type === 'ObjectPattern') {
      const binders = pattern.properties.map((property) => {
        const name = property.type === 'Property' && !property.computed ? staticKey(property.key) : null;
        if (property.type !== 'Property' || name === null) {
          this.unsupported(property, 'this kind of parameter');
          return { name: '', bind: () => {} };
        }
        if (FORBIDDEN_NAMES.has(name)) this.forbidden(property, name);
        return { name, bind: this.binder(property.value) };
      });
      return (value, frame) => {
        if (value === undefined || value === null)
          throw missing(value, binders[0]?.name ?? '', this.text(pattern), pattern);
        for (const { name, bind } of binders) bind(memberOf(value, name), frame);
      };
    }
    this.unsupported(pattern, 'this kind of parameter');
    return () => {};
  }

  private text(node: Node): string {
    return shortened(this.source.slice(node.start, node.end));
  }

  private forbidden(node: { start: number; end: number }, name: string): Evaluate {
    return this.fault(node, 'expression_forbidden_name', `"${name}" cannot be read or written here.`);
  }

  private unsupported(node: Node, what: string): Evaluate {
    const message = `Expressions do not have ${what}: what needs more than one expression is a JavaScript step.`;
    return this.fault(node, 'expression_unsupported', message);
  }

  private fault({ start, end }: { start: number; end: number }, code: string, message: string): Evaluate {
    this.faults.push({ code, message, start, end });
    return () => {
      throw new ExpressionError(message, { start, end });
    };
  }
}

function binary(left: Evaluate, operator: BinaryOperator, right: Evaluate): Evaluate {
  return (frame) => {
    const a = left(frame);
    return operator(a, right(frame), frame);
  };
}
