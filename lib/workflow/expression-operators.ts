import { ExpressionError } from './expression-error.ts';
import { type Frame, toNumber, toPrimitive, toText, type Value } from './expression-value.ts';

/** The value of `left operator right`, as in JavaScript. */
export type BinaryOperator = (left: Value, right: Value, frame: Frame) => Value;

export const binaryOperators: ReadonlyMap<string, BinaryOperator> = new Map<string, BinaryOperator>([
  ['+', add],
  ['-', (left, right, frame) => toNumber(left, frame) - toNumber(right, frame)],
  ['*', (left, right, frame) => toNumber(left, frame) * toNumber(right, frame)],
  ['/', (left, right, frame) => toNumber(left, frame) / toNumber(right, frame)],
  ['%', (left, right, frame) => toNumber(left, frame) % toNumber(right, frame)],
  ['**', (left, right, frame) => toNumber(left, frame) ** toNumber(right, frame)],
  ['===', same],
  ['!==', (left, right, frame) => !same(left, right, frame)],
  ['==', equal],
  ['!=', (left, right, frame) => !equal(left, right, frame)],
  ['<', (left, right, frame) => ordered(left, right, frame, (a, b) => a < b)],
  ['<=', (left, right, frame) => ordered(left, right, frame, (a, b) => a <= b)],
  ['>', (left, right, frame) => ordered(left, right, frame, (a, b) => a > b)],
  ['>=', (left, right, frame) => ordered(left, right, frame, (a, b) => a >= b)],
]);

export const unaryOperators: ReadonlyMap<string, (value: Value, frame: Frame) => Value> = new Map<
  string,
  (value: Value, frame: Frame) => Value
>([
  ['!', (value) => !value],
  ['-', (value, frame) => -toNumber(value, frame)],
  ['+', toNumber],
  ['typeof', (value) => typeof value],
]);

/** Two texts put together, within the budget. The longer one is not copied, so only the shorter one counts. */
export function concatenate(left: string, right: string, frame: Frame): string {
  const length = left.length + right.length;
  if (length >= 64) {
    frame.make(Math.min(left.length, right.length));
    if (length > 1_000_000) frame.make(length);
  }
  return left + right;
}

function add(left: Value, right: Value, frame: Frame): Value {
  const a = toPrimitive(left, frame);
  const b = toPrimitive(right, frame);
  if (typeof a === 'string' || typeof b === 'string') {
    return concatenate(toText(a, frame), toText(b, frame), frame);
  }
  return Number(a) + Number(b);
}

function same(left: Value, right: Value, frame: Frame): boolean {
  if (typeof left === 'string' && typeof right === 'string' && left.length === right.length) {
    frame.read(left.length);
  }
  return left === right;
}

function equal(left: Value, right: Value, frame: Frame): boolean {
  const objects = isObject(left) && isObject(right);
  if (objects || left === null || right === null || left === undefined || right === undefined) {
    // biome-ignore lint/suspicious/noDoubleEquals: this is the operator ==
    return left == right;
  }
  const a = toPrimitive(left, frame);
  const b = toPrimitive(right, frame);
  if (typeof a === 'string') frame.read(a.length);
  if (typeof b === 'string') frame.read(b.length);
  // biome-ignore lint/suspicious/noDoubleEquals: this is the operator ==
  return a == b;
}

function isObject(value: Value): boolean {
  return typeof value === 'object' && value !== null;
}

/** Of two texts by UTF-16 code units, else of two numbers. */
function ordered(
  left: Value,
  right: Value,
  frame: Frame,
  compare: (a: string | number, b: string | number) => boolean,
): boolean {
  const a = toPrimitive(left, frame);
  const b = toPrimitive(right, frame);
  if (typeof a === 'string' && typeof b === 'string') {
    frame.read(Math.min(a.length, b.length));
    return compare(a, b);
  }
  return compare(toNumber(a, frame), toNumber(b, frame));
}

/** Items of a spread list or text. Throws ExpressionError for what cannot be spread. */
export function spread(value: Value, frame: Frame): Value[] {
  if (typeof value === 'string' || Array.isArray(value)) {
    frame.spend(value.length);
    return [...value];
  }
  throw new ExpressionError(
    'Only a list or a text can be spread into a list: write ...(value ?? []) where it may be missing.',
  );
}
