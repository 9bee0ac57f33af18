import { indexOfText } from './find-text.ts';
import type { JsonValue } from './json.ts';
import { canonical } from './same-json.ts';
import { asText, templateLabel } from './text.ts';

/** How two values are compared, with the words of each. */
export const operators = {
  equals: '=',
  not_equals: '≠',
  greater: '>',
  greater_or_equal: '≥',
  less: '<',
  less_or_equal: '≤',
  contains: 'contains',
  not_contains: 'does not contain',
  starts_with: 'starts with',
  ends_with: 'ends with',
  is_empty: 'is empty',
  is_not_empty: 'is not empty',
  is_true: 'is true',
  is_false: 'is false',
} as const;

export type Operator = keyof typeof operators;
export const operatorNames = Object.keys(operators) as [Operator, ...Operator[]];
/** Operators that look at one value only. */
export const unary: readonly Operator[] = ['is_empty', 'is_not_empty', 'is_true', 'is_false'];

/** A condition on one line: `price > 100`. */
export function conditionWords({
  left,
  operator,
  right,
}: {
  left: string;
  operator: Operator;
  right: string;
}): string {
  const compared = unary.includes(operator) ? '' : right === '' ? '""' : templateLabel(right);
  return [templateLabel(left), operators[operator], compared].join(' ').trim();
}

/** Whether a condition holds. A missing value counts as null. */
export function holds({
  left = null,
  operator,
  right = null,
}: {
  left?: JsonValue | undefined;
  operator: Operator;
  right?: JsonValue | undefined;
}): boolean {
  return comparison(operator, right)(left);
}

/** The same for many values that are compared with one: what is written out of that one is written once. */
export function comparison(operator: Operator, right: JsonValue = null): (left: JsonValue) => boolean {
  switch (operator) {
    case 'equals':
      return equals(right);
    case 'not_equals':
      return not(equals(right));
    case 'greater':
      return (left) => compare(left, right) > 0;
    case 'greater_or_equal':
      return (left) => compare(left, right) >= 0;
    case 'less':
      return (left) => compare(left, right) < 0;
    case 'less_or_equal':
      return (left) => compare(left, right) <= 0;
    case 'contains':
      return contains(right);
    case 'not_contains':
      return not(contains(right));
    case 'starts_with': {
      const sought = asText(right);
      return (left) => asText(left).startsWith(sought);
    }
    case 'ends_with': {
      const sought = asText(right);
      return (left) => asText(left).endsWith(sought);
    }
    case 'is_empty':
      return isEmpty;
    case 'is_not_empty':
      return not(isEmpty);
    case 'is_true':
      return isTrue;
    case 'is_false':
      return not(isTrue);
  }
}

function not(test: (left: JsonValue) => boolean): (left: JsonValue) => boolean {
  return (left) => !test(left);
}

/** Nothing but text is spelled longer; reading a long text for each item of a long list would take minutes. */
const MOST_SPELLED = 1000;

/** The same JSON; a text equals the number, truth value or null it spells, because what is typed into a form is text. */
function equals(right: JsonValue): (left: JsonValue) => boolean {
  let written: string | undefined;
  return (left) => {
    if (typeof left !== typeof right) return spells(left, right);
    if (typeof left !== 'object') return left === right;
    written ??= canonical(right);
    return canonical(left) === written;
  };
}

function spells(left: JsonValue, right: JsonValue): boolean {
  const [text, other] = typeof left === 'string' ? [left, right] : [right, left];
  if (typeof text !== 'string' || text.length > MOST_SPELLED) return false;
  if (typeof other === 'number') return numberOf(text) === other;
  return typeof other !== 'object' || other === null ? text.trim() === String(other) : false;
}

/** As numbers when both are, else as texts (ISO dates sort as texts). NaN, and so never true, when one is missing. */
function compare(left: JsonValue, right: JsonValue): number {
  const [a, b] = [numberOf(left), numberOf(right)];
  if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b;
  if (typeof left !== 'string' || typeof right !== 'string') return Number.NaN;
  return left < right ? -1 : left > right ? 1 : 0;
}

function contains(right: JsonValue): (left: JsonValue) => boolean {
  const isSought = equals(right);
  const sought = asText(right);
  return (left) => {
    if (Array.isArray(left)) return left.some(isSought);
    if (typeof left === 'object' && left !== null) return Object.hasOwn(left, sought);
    return indexOfText(asText(left), sought) >= 0;
  };
}

function isEmpty(given: JsonValue): boolean {
  if (given === null) return true;
  if (typeof given === 'string') return given.trim() === '';
  if (typeof given === 'object') return Object.keys(given).length === 0;
  return false;
}

/** As in JavaScript, except that the texts `false`, `0`, `no` and white space are false. */
export function isTrue(given: JsonValue | undefined): boolean {
  if (typeof given === 'string') return !['', 'false', '0', 'no'].includes(given.trim().toLowerCase());
  return Boolean(given);
}

/** The number that it is or spells; NaN when it is none. */
export function numberOf(given: JsonValue): number {
  if (typeof given === 'number') return given;
  return typeof given === 'string' && given.trim() !== '' ? Number(given) : Number.NaN;
}
