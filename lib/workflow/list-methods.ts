import { ExpressionError } from './expression-error.ts';
import { type Frame, isList, joined, toNumber, toText, type Value } from './expression-value.ts';

/** An arrow function of the expression, ready to be called. */
export type Callback = (first: Value, second?: Value, third?: Value, fourth?: Value) => Value;

/** A method of a list. */
export interface ListMethod {
  /** Whether the first argument is an arrow function, may be one, or (left out) never is. */
  arrow?: 'required' | 'optional';
  /** `args` are the arguments that are no arrow function. */
  run(list: Value[], call: { args: Value[]; callback: Callback | null; frame: Frame }): Value;
}

function withArrow(run: (list: Value[], callback: Callback, frame: Frame) => Value): ListMethod {
  return {
    arrow: 'required',
    run: (list, { callback, frame }) => {
      frame.spend(list.length);
      return run(list, callback!, frame);
    },
  };
}

function withoutArrow(run: (list: Value[], args: Value[], frame: Frame) => Value): ListMethod {
  return {
    run: (list, { args, frame }) => {
      frame.spend(list.length);
      return run(list, args, frame);
    },
  };
}

/** Sorting and reversing make a new list: nothing an expression reads is ever changed. */
const sort: ListMethod = {
  arrow: 'optional',
  run: (list, { callback, frame }) => {
    frame.spend(list.length * 4);
    // As in JavaScript: undefined goes last and is not compared.
    if (callback) return [...list].sort((a, b) => toNumber(callback(a, b), frame));
    const keyed = list.map((value) => ({ value, text: toText(value, frame) }));
    const known = keyed.filter(({ value }) => value !== undefined);
    known.sort((a, b) => {
      frame.read(Math.min(a.text.length, b.text.length));
      return a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
    });
    return [...known, ...keyed.filter(({ value }) => value === undefined)].map(({ value }) => value);
  },
};

const reverse = withoutArrow((list) => [...list].reverse());

function reduce(fromEnd: boolean): ListMethod {
  return {
    arrow: 'required',
    run: (list, { args, callback, frame }) => {
      frame.spend(list.length);
      let at = fromEnd ? list.length - 1 : 0;
      const step = fromEnd ? -1 : 1;
      let sum = args[0];
      if (args.length === 0) {
        if (list.length === 0) {
          throw new ExpressionError(
            'reduce of an empty list needs a first value: .reduce((sum, x) => …, 0).',
          );
        }
        sum = list[at];
        at += step;
      }
      for (; at >= 0 && at < list.length; at += step) sum = callback!(sum, list[at], at, list);
      return sum;
    },
  };
}

function search(find: (list: Value[], sought: Value, from: number) => Value, start: number): ListMethod {
  return withoutArrow((list, args, frame) => {
    const [sought, from] = args;
    if (typeof sought === 'string' && sought.length >= 64) frame.spend(list.length * (sought.length >> 6));
    return find(list, sought, args.length < 2 ? start : toNumber(from, frame));
  });
}

/** The items of lists inside, down to a depth; each one met counts. */
function flatten(list: Value[], depth: number, frame: Frame): Value[] {
  const flat: Value[] = [];
  const walk = (items: Value[], level: number) => {
    frame.spend(items.length + 1);
    if (level > 200) throw new ExpressionError('The list is nested too deep to be flattened.');
    for (const item of items) {
      if (level < depth && isList(item)) walk(item, level + 1);
      else flat.push(item);
    }
  };
  walk(list, 0);
  return flat;
}

/** What may be called on a list: as in JavaScript, but that sorting and reversing leave the list as it is. */
export const listMethods: ReadonlyMap<string, ListMethod> = new Map<string, ListMethod>([
  ['map', withArrow((list, callback) => list.map((item, index) => callback(item, index, list)))],
  ['filter', withArrow((list, callback) => list.filter((item, index) => callback(item, index, list)))],
  ['find', withArrow((list, callback) => list.find((item, index) => callback(item, index, list)))],
  ['findIndex', withArrow((list, callback) => list.findIndex((item, index) => callback(item, index, list)))],
  ['findLast', withArrow((list, callback) => list.findLast((item, index) => callback(item, index, list)))],
  [
    'findLastIndex',
    withArrow((list, callback) => list.findLastIndex((item, index) => callback(item, index, list))),
  ],
  ['some', withArrow((list, callback) => list.some((item, index) => callback(item, index, list)))],
  ['every', withArrow((list, callback) => list.every((item, index) => callback(item, index, list)))],
  [
    'flatMap',
    withArrow((list, callback, frame) => {
      const mapped = list.map((item, index) => callback(item, index, list));
      return flatten(mapped, 1, frame);
    }),
  ],
  ['reduce', reduce(false)],
  ['reduceRight', reduce(true)],
  ['sort', sort],
  ['toSorted', sort],
  ['reverse', reverse],
  ['toReversed', reverse],
  ['at', withoutArrow((list, [index], frame) => list.at(toNumber(index, frame)))],
  ['includes', search((list, sought, from) => list.includes(sought, from), 0)],
  ['indexOf', search((list, sought, from) => list.indexOf(sought, from), 0)],
  ['lastIndexOf', search((list, sought, from) => list.lastIndexOf(sought, from), Number.POSITIVE_INFINITY)],
  [
    'join',
    withoutArrow((list, [separator], frame) =>
      joined(list, separator === undefined ? ',' : toText(separator, frame), frame),
    ),
  ],
  [
    'slice',
    withoutArrow((list, [from, to], frame) =>
      list.slice(toNumber(from ?? 0, frame), to === undefined ? undefined : toNumber(to, frame)),
    ),
  ],
  [
    'concat',
    withoutArrow((list, others, frame) => {
      for (const other of others) if (isList(other)) frame.spend(other.length);
      return list.concat(...others);
    }),
  ],
  [
    'flat',
    withoutArrow((list, [depth], frame) =>
      flatten(list, depth === undefined ? 1 : Math.trunc(toNumber(depth, frame)) || 0, frame),
    ),
  ],
  ['toString', withoutArrow((list, _, frame) => joined(list, ',', frame))],
]);
