import { ExpressionError } from './expression-error.ts';
import type { Scope } from './plan.ts';

/** What an expression handles while it is evaluated: JSON, and `undefined` for what is missing. */
export type Value = undefined | null | boolean | number | string | Value[] | { [key: string]: Value };

/** Names that lead from a value to code, and so name nothing here, whatever the data holds. */
export const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Longest text an expression may build, in characters. */
export const MAX_TEXT = 5_000_000;
/** Work one evaluation may do: about one unit for each part evaluated, item visited or 64 characters read. */
const MAX_WORK = 1_000_000;
/** Deepest nesting that is turned into text or handed on. */
export const MAX_VALUE_DEPTH = 200;

/** One evaluation: what it may read, and what it may still do. */
export class Frame {
  readonly scope: Scope;
  /** Parameters of the arrow functions that are being called, by slot. */
  readonly locals: Value[] = [];
  private left = MAX_WORK;

  constructor(scope: Scope) {
    this.scope = scope;
  }

  /** Counts work. Throws ExpressionError when the budget is used up. */
  spend(work: number): void {
    this.left -= work;
    if (this.left < 0) {
      throw new ExpressionError(
        'The expression does too much work: handle less data, or use a JavaScript step.',
      );
    }
  }

  /** Counts reading a text of this length. */
  read(length: number): void {
    if (length >= 64) this.spend(length >> 6);
  }

  /** Counts making a text of this length. Throws ExpressionError when it is too long. */
  make(length: number): void {
    if (length > MAX_TEXT) {
      throw new ExpressionError(`The text becomes longer than ${MAX_TEXT} characters.`);
    }
    this.read(length);
  }
}

export function isList(value: Value): value is Value[] {
  return Array.isArray(value);
}

export function isRecord(value: Value): value is { [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `an object`, `a list`, `undefined`: for messages. */
export function kindOf(value: Value): string {
  if (value === undefined || value === null) return String(value);
  if (isList(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? 'a text' : `a ${typeof value}`;
}

/** A value as JavaScript turns it into text, `[1, [2, 3]]` → `1,2,3`; nothing in the data is ever called. */
export function toText(value: Value, frame: Frame): string {
  if (typeof value === 'string') return value;
  if (isList(value)) return joined(value, ',', frame);
  return isRecord(value) ? '[object Object]' : String(value);
}

/** As `Array.prototype.join`: null and undefined are empty. */
export function joined(list: Value[], separator: string, frame: Frame, depth = 0): string {
  if (depth > MAX_VALUE_DEPTH) throw new ExpressionError('A list is nested too deep to become text.');
  frame.spend(list.length);
  const texts: string[] = [];
  let length = Math.max(0, list.length - 1) * separator.length;
  for (const item of list) {
    const text = isList(item)
      ? joined(item, ',', frame, depth + 1)
      : item === null || item === undefined
        ? ''
        : toText(item, frame);
    length += text.length;
    if (length > MAX_TEXT) break;
    texts.push(text);
  }
  frame.make(length);
  return texts.join(separator);
}

/** A value as an operand: what `ToPrimitive` makes of it. */
export function toPrimitive(value: Value, frame: Frame): undefined | null | boolean | number | string {
  return typeof value === 'object' && value !== null ? toText(value, frame) : value;
}

export function toNumber(value: Value, frame: Frame): number {
  const primitive = toPrimitive(value, frame);
  if (typeof primitive === 'string') frame.read(primitive.length);
  return Number(primitive);
}

/** A value as the name of a member. Throws ExpressionError for the names nothing may be read by. */
export function toName(value: Value, frame: Frame): string {
  const name = toText(value, frame);
  if (FORBIDDEN_NAMES.has(name)) throw new ExpressionError(`"${name}" cannot be read or written here.`);
  return name;
}

const INDEX = /^(?:0|[1-9]\d{0,9})$/;

/** An own member, by a name that is not forbidden; undefined when there is none. The owner is not null. */
export function memberOf(owner: Value, name: string): Value {
  if (typeof owner === 'string' || Array.isArray(owner)) {
    if (name === 'length') return owner.length;
    return INDEX.test(name) ? owner[Number(name)] : undefined;
  }
  if (typeof owner === 'object' && owner !== null)
    return Object.hasOwn(owner, name) ? owner[name] : undefined;
  return undefined;
}

/** Copies own members, as object spread does; `__proto__` would not be a member of the copy and is left out. */
export function copyMembers(target: { [key: string]: Value }, source: Value, frame: Frame): void {
  if (source === null || source === undefined) return;
  if (typeof source !== 'object' && typeof source !== 'string') return;
  if (typeof source === 'string' || isList(source)) frame.spend(source.length);
  const names = Object.keys(source);
  frame.spend(names.length);
  for (const name of names) {
    if (name !== '__proto__') target[name] = memberOf(source, name);
  }
}

/**
 * The value as JSON carries it: undefined members are left out, undefined items and numbers JSON has no word
 * for are null. What is JSON already is handed on, not copied.
 */
export function toJson(value: Value, frame: Frame, depth = 0): Value {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_VALUE_DEPTH) {
    throw new ExpressionError(`The value is nested deeper than ${MAX_VALUE_DEPTH}.`);
  }
  if (isList(value)) return listToJson(value, frame, depth);
  const names = Object.keys(value);
  frame.spend(names.length + 1);
  let copy: { [key: string]: Value } | null = null;
  for (const [index, name] of names.entries()) {
    const member = value[name];
    const json = toJson(member, frame, depth + 1);
    if (copy === null && (json !== member || json === undefined)) {
      copy = {};
      for (const earlier of names.slice(0, index)) copy[earlier] = value[earlier];
    }
    if (copy !== null && json !== undefined) copy[name] = json;
  }
  return copy ?? value;
}

function listToJson(list: Value[], frame: Frame, depth: number): Value[] {
  frame.spend(list.length + 1);
  let copy: Value[] | null = null;
  for (const [index, item] of list.entries()) {
    const json = toJson(item, frame, depth + 1) ?? null;
    if (copy === null && json !== item) copy = list.slice(0, index);
    copy?.push(json);
  }
  return copy ?? list;
}

/** The value as JSON text, within the budget: the same part named many times counts as often. */
export function jsonText(value: Value, frame: Frame, indent = 0): string | undefined {
  measure(value, frame, indent, 0);
  const text = JSON.stringify(value, undefined, indent);
  if (text !== undefined) frame.make(text.length);
  return text;
}

function measure(value: Value, frame: Frame, indent: number, depth: number): void {
  frame.read(indent * depth);
  if (typeof value === 'string') frame.make(value.length);
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_VALUE_DEPTH) {
    throw new ExpressionError(`The value is nested deeper than ${MAX_VALUE_DEPTH}.`);
  }
  const members = isList(value) ? value : Object.values(value);
  frame.spend(members.length + 1);
  for (const member of members) measure(member, frame, indent, depth + 1);
}
