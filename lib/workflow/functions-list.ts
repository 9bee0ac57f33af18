import { ExpressionError } from './expression-error.ts';
import {
  copyMembers,
  FORBIDDEN_NAMES,
  type Frame,
  isList,
  isRecord,
  jsonText,
  memberOf,
  toName,
  toNumber,
  toText,
  type Value,
} from './expression-value.ts';
import { type FunctionEntry, listOf, recordOf, textOf, wholeOf } from './function-entry.ts';

/** The member of an item that a list is sorted or grouped by; the item itself when no name is given. */
function by(item: Value, name: Value, frame: Frame): Value {
  if (name === undefined) return item;
  return item === null || item === undefined ? undefined : memberOf(item, toName(name, frame));
}

/** Numbers by value, anything else by its text; what is missing comes last. */
function compare(a: Value, b: Value, frame: Frame): number {
  const missing = Number(a === undefined || a === null) - Number(b === undefined || b === null);
  if (missing !== 0 || a === undefined || a === null) return missing;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const left = toText(a, frame);
  const right = toText(b, frame);
  frame.read(Math.min(left.length, right.length));
  return left < right ? -1 : left > right ? 1 : 0;
}

function numbersOf(list: Value, name: Value, frame: Frame): number[] {
  const items = listOf(list);
  frame.spend(items.length);
  return items.map((item) => toNumber(by(item, name, frame), frame));
}

function total(numbers: number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

export const listFunctions: FunctionEntry[] = [
  {
    name: 'Array.isArray',
    signature: 'Array.isArray(value)',
    summary: 'Whether the value is a list.',
    group: 'list',
    arity: [1, 1],
    run: ([value]) => isList(value),
  },
  {
    name: 'sum',
    signature: 'sum(list, member?)',
    summary: 'The sum of the numbers, or of that member of the items.',
    group: 'list',
    arity: [1, 2],
    run: ([list, name], frame) => total(numbersOf(list, name, frame)),
  },
  {
    name: 'average',
    signature: 'average(list, member?)',
    summary: 'The mean of the numbers, or of that member of the items; null for an empty list.',
    group: 'list',
    arity: [1, 2],
    run: ([list, name], frame) => {
      const numbers = numbersOf(list, name, frame);
      return numbers.length === 0 ? null : total(numbers) / numbers.length;
    },
  },
  {
    name: 'unique',
    signature: 'unique(list, member?)',
    summary: 'Without repetitions; objects and lists count as equal when their JSON is.',
    group: 'list',
    arity: [1, 2],
    run: ([list, name], frame) => {
      const seen = new Set<string>();
      return listOf(list).filter((item) => {
        frame.spend(1);
        const key = by(item, name, frame);
        const text = typeof key === 'string' ? `"${key}` : (jsonText(key, frame) ?? '');
        return !seen.has(text) && seen.add(text);
      });
    },
  },
  {
    name: 'sortBy',
    signature: 'sortBy(list, member, direction?)',
    summary: 'Sorted by that member, "asc" or "desc"; what is missing comes last.',
    group: 'list',
    arity: [2, 3],
    run: ([list, name, direction], frame) => {
      const items = listOf(list).map((item) => ({ item, key: by(item, name, frame) }));
      frame.spend(items.length * 4);
      const sign = direction !== undefined && textOf(direction, frame) === 'desc' ? -1 : 1;
      items.sort(({ key: a }, { key: b }) => {
        const missing = a === undefined || a === null || b === undefined || b === null;
        return compare(a, b, frame) * (missing ? 1 : sign);
      });
      return items.map(({ item }) => item);
    },
  },
  {
    name: 'groupBy',
    signature: 'groupBy(list, member)',
    summary: 'An object with a list of items for each value of that member.',
    group: 'list',
    arity: [2, 2],
    run: ([list, name], frame) => {
      const groups: { [key: string]: Value[] } = {};
      for (const item of listOf(list)) {
        frame.spend(1);
        const key = toName(by(item, name, frame), frame);
        if (Object.hasOwn(groups, key)) groups[key]!.push(item);
        else groups[key] = [item];
      }
      return groups;
    },
  },
  {
    name: 'chunk',
    signature: 'chunk(list, size)',
    summary: 'The list cut into lists of that size.',
    group: 'list',
    arity: [2, 2],
    run: ([list, size], frame) => {
      const items = listOf(list);
      const length = wholeOf(size, [1, 1_000_000], frame);
      frame.spend(items.length);
      return Array.from({ length: Math.ceil(items.length / length) }, (_, index) =>
        items.slice(index * length, (index + 1) * length),
      );
    },
  },
  {
    name: 'range',
    signature: 'range(from, to)',
    summary: 'The whole numbers from the first to the one before the second: range(0, 3) is [0, 1, 2].',
    group: 'list',
    arity: [2, 2],
    run: ([from, to], frame) => {
      const first = wholeOf(from, [-1e9, 1e9], frame);
      const length = Math.max(0, wholeOf(to, [-1e9, 1e9], frame) - first);
      frame.spend(length);
      return Array.from({ length }, (_, index) => first + index);
    },
  },
  {
    name: 'Object.keys',
    signature: 'Object.keys(object)',
    summary: 'The names of the members.',
    group: 'object',
    arity: [1, 1],
    run: ([value], frame) => entriesOf(value, frame).map(([name]) => name),
  },
  {
    name: 'Object.values',
    signature: 'Object.values(object)',
    summary: 'The values of the members.',
    group: 'object',
    arity: [1, 1],
    run: ([value], frame) => entriesOf(value, frame).map(([, member]) => member),
  },
  {
    name: 'Object.entries',
    signature: 'Object.entries(object)',
    summary: 'A list of [name, value] for each member.',
    group: 'object',
    arity: [1, 1],
    run: ([value], frame) => entriesOf(value, frame),
  },
  {
    name: 'Object.fromEntries',
    signature: 'Object.fromEntries(list)',
    summary: 'An object of the [name, value] pairs.',
    group: 'object',
    arity: [1, 1],
    run: ([list], frame) => {
      const made: { [key: string]: Value } = {};
      for (const entry of listOf(list)) {
        frame.spend(1);
        const [name, value] = listOf(entry);
        made[toName(name, frame)] = value;
      }
      return made;
    },
  },
  {
    name: 'pick',
    signature: 'pick(object, ...names)',
    summary: 'Only these members.',
    group: 'object',
    arity: [1, 200],
    run: ([value, ...names], frame) => {
      const object = recordOf(value);
      const picked: { [key: string]: Value } = {};
      for (const given of names.flatMap((name) => (isList(name) ? name : [name]))) {
        frame.spend(1);
        const name = toName(given, frame);
        if (Object.hasOwn(object, name)) picked[name] = object[name];
      }
      return picked;
    },
  },
  {
    name: 'omit',
    signature: 'omit(object, ...names)',
    summary: 'All but these members.',
    group: 'object',
    arity: [1, 200],
    run: ([value, ...names], frame) => {
      const rest: { [key: string]: Value } = {};
      copyMembers(rest, recordOf(value), frame);
      for (const name of names.flatMap((given) => (isList(given) ? given : [given]))) {
        frame.spend(1);
        delete rest[toName(name, frame)];
      }
      return rest;
    },
  },
  {
    name: 'isEmpty',
    signature: 'isEmpty(value)',
    summary: 'Whether there is nothing in it: null, undefined, an empty text, list or object.',
    group: 'object',
    arity: [1, 1],
    run: ([value]) => {
      if (value === null || value === undefined || value === '') return true;
      if (isList(value)) return value.length === 0;
      return isRecord(value) && Object.keys(value).length === 0;
    },
  },
];

/** Own members of anything but null and undefined, as in JavaScript; a number has none. */
function entriesOf(value: Value, frame: Frame): [string, Value][] {
  if (value === null || value === undefined) throw new ExpressionError(`an object is needed, not ${value}.`);
  if (typeof value === 'string' || isList(value)) frame.spend(value.length);
  const entries = Object.entries(value as { [key: string]: Value }).filter(
    ([name]) => !FORBIDDEN_NAMES.has(name),
  );
  frame.spend(entries.length);
  return entries;
}
