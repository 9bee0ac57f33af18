import { indexOfText } from './find-text.ts';
import type { JsonValue } from './json.ts';
import { asText } from './text.ts';

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
  switch (operator) {
    case 'equals':
      return equal(left, right);
    case 'not_equals':
      return !equal(left, right);
    case 'greater':
      return compare(left, right) > 0;
    case 'greater_or_equal':
      return compare(left, right) >= 0;
    case 'less':
      return compare(left, right) < 0;
    case 'less_or_equal':
      return compare(left, right) <= 0;
    case 'contains':
      return contains(left, right);
    case 'not_contains':
      return !contains(left, right);
    case 'starts_with':
      return asText(left).startsWith(asText(right));
    case 'ends_with':
      return asText(left).endsWith(asText(right));
    case 'is_empty':
      return isEmpty(left);
    case 'is_not_empty':
      return !isEmpty(left);
    case 'is_true':
      return isTrue(left);
    case 'is_false':
      return !isTrue(left);
  }
}

/** Nothing but text is spelled longer; reading a long text for each item of a long list would take minutes. */
const MOST_SPELLED = 1000;

/** The same JSON; a text equals the number, truth value or null it spells, because what is typed into a form is text. */
function equal(left: JsonValue, right: JsonValue): boolean {
  if (typeof left === typeof right) {
    return typeof left === 'object' ? canonical(left) === canonical(right) : left === right;
  }
  const [text, other] = typeof left === 'string' ? [left, right] : [right, left];
  if (typeof text !== 'string' || text.length > MOST_SPELLED) return false;
  if (typeof other === 'number') return numberOf(text) === other;
  return typeof other !== 'object' || other === null ? text.trim() === String(other) : false;
}

/** JSON with sorted keys, so that the order in which members were written does not count. */
export function canonical(given: JsonValue): string {
  return JSON.stringify(given, (_, member: JsonValue) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/** As numbers when both are, else as texts (ISO dates sort as texts). NaN, and so never true, when one is missing. */
function compare(left: JsonValue, right: JsonValue): number {
  const [a, b] = [numberOf(left), numberOf(right)];
  if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b;
  if (typeof left !== 'string' || typeof right !== 'string') return Number.NaN;
  return left < right ? -1 : left > right ? 1 : 0;
}

function contains(left: JsonValue, right: JsonValue): boolean {
  if (Array.isArray(left)) {
    if (typeof right !== 'object') return left.some((item) => equal(item, right));
    // Written once: for each item of a long list it would be written again.
    const sought = canonical(right);
    return left.some((item) => (typeof item === 'object' ? canonical(item) === sought : equal(item, right)));
  }
  if (typeof left === 'object' && left !== null) return Object.hasOwn(left, asText(right));
  return indexOfText(asText(left), asText(right)) >= 0;
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

function numberOf(given: JsonValue): number {
  if (typeof given === 'number') return given;
  return typeof given === 'string' && given.trim() !== '' ? Number(given) : Number.NaN;
}
