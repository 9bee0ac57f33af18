import { ExpressionError } from './expression-error.ts';
import { type Frame, isList, isRecord, kindOf, toNumber, toText, type Value } from './expression-value.ts';

/** A function of the expression library: what the editor shows and what runs. */
export interface FunctionEntry {
  /** `sha256`, or with its namespace: `Math.round`. */
  name: string;
  /** `sha256(text, encoding?)` */
  signature: string;
  /** One sentence. */
  summary: string;
  group: 'text' | 'number' | 'list' | 'object' | 'date' | 'encoding' | 'random';
  /** Least and most arguments. */
  arity: readonly [number, number];
  /** Throws ExpressionError. */
  run(args: Value[], frame: Frame): Value;
}

/** An argument that must be a list. */
export function listOf(value: Value): Value[] {
  if (isList(value)) return value;
  throw new ExpressionError(`a list is needed, not ${kindOf(value)}.`);
}

/** An argument that must be an object. */
export function recordOf(value: Value): { [key: string]: Value } {
  if (isRecord(value)) return value;
  throw new ExpressionError(`an object is needed, not ${kindOf(value)}.`);
}

/** An argument that must be text or a number; the budget counts its length. */
export function textOf(value: Value, frame: Frame): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw new ExpressionError(`a text is needed, not ${kindOf(value)}.`);
  }
  const text = toText(value, frame);
  frame.read(text.length);
  return text;
}

/** An argument that must be a whole number within bounds. */
export function wholeOf(value: Value, [least, most]: [number, number], frame: Frame): number {
  const number = toNumber(value, frame);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new ExpressionError(
    `a whole number from ${least} to ${most} is needed, not ${toText(value, frame)}.`,
  );
}
