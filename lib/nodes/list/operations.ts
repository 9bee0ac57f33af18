import { StepError } from '#lib/engine/errors.ts';
import { comparison, numberOf } from '#lib/workflow/compare.ts';
import { pathParts, valueAt } from '#lib/workflow/item-path.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { canonical } from '#lib/workflow/same-json.ts';
import { asText } from '#lib/workflow/text.ts';
import type { Measure, ResolvedOperation } from './config.ts';

/** A list, or what `aggregate` made of it. */
export type Applied = JsonValue[] | JsonObject;

/** One operation on a list; the list itself stays as it is. Throws StepError `NOT_A_NUMBER`. */
export function apply(items: JsonValue[], operation: ResolvedOperation): Applied {
  switch (operation.type) {
    case 'filter':
      return filtered(items, operation);
    case 'sort':
      return sorted(items, operation.by);
    case 'limit':
      return items.slice(0, operation.count);
    case 'skip':
      return items.slice(operation.count);
    case 'pick':
      return picked(items, operation.fields);
    case 'unique':
      return [...byValue(items, operation.path).values()].map(([first]) => first!);
    case 'group':
      return grouped(items, operation);
    case 'aggregate':
      return measured(items, operation.measures);
    case 'reverse':
      return items.toReversed();
  }
}

function filtered(
  items: JsonValue[],
  { when, conditions }: ResolvedOperation & { type: 'filter' },
): JsonValue[] {
  const tests = conditions.map(({ path, operator, value }) => {
    const parts = pathParts(path);
    const fits = comparison(operator, value ?? null);
    return (item: JsonValue) => fits(valueAt(item, parts));
  });
  return items.filter((item) =>
    when === 'all' ? tests.every((test) => test(item)) : tests.some((test) => test(item)),
  );
}

/** What an item is sorted by: numbers (and texts that spell one) before texts, what is missing last. */
type SortKey = readonly [rank: 0, number] | readonly [rank: 1, string] | readonly [rank: 2, null];

function sortKey(value: JsonValue): SortKey {
  if (value === null) return [2, null];
  const number = numberOf(value);
  return Number.isNaN(number) ? [1, asText(value)] : [0, number];
}

/** Texts by their code units: the same everywhere, whatever the language of the machine. */
function compareKeys([rank, a]: SortKey, [otherRank, b]: SortKey): number {
  if (rank !== otherRank) return rank - otherRank;
  if (a === null || b === null) return 0;
  return a < b ? -1 : a > b ? 1 : 0;
}

function sorted(
  items: JsonValue[],
  by: readonly { path: string; direction: 'ascending' | 'descending' }[],
): JsonValue[] {
  const orders = by.map(({ path, direction }) => ({
    parts: pathParts(path),
    sign: direction === 'ascending' ? 1 : -1,
  }));
  const keyed = items.map((item) => ({
    item,
    keys: orders.map(({ parts }) => sortKey(valueAt(item, parts))),
  }));
  keyed.sort((a, b) => {
    for (const [index, { sign }] of orders.entries()) {
      const [left, right] = [a.keys[index]!, b.keys[index]!];
      const order = compareKeys(left, right);
      // What is missing stays last in either direction.
      if (order !== 0) return left[0] === 2 || right[0] === 2 ? order : sign * order;
    }
    return 0;
  });
  return keyed.map(({ item }) => item);
}

function picked(items: JsonValue[], fields: Record<string, string>): JsonValue[] {
  const places = Object.entries(fields).map(
    ([name, path]) => [name, path === '' ? [name] : pathParts(path)] as const,
  );
  return items.map((item) => Object.fromEntries(places.map(([name, parts]) => [name, valueAt(item, parts)])));
}

/** The items by the value at a place, in the order in which the values first came. */
function byValue(items: JsonValue[], path: string): Map<string, JsonValue[]> {
  const parts = pathParts(path);
  return Map.groupBy(items, (item) => canonical(valueAt(item, parts)));
}

function grouped(items: JsonValue[], { path, measures }: { path: string; measures: Measure[] }): JsonValue[] {
  const parts = pathParts(path);
  return [...byValue(items, path).values()].map((members) => ({
    key: valueAt(members[0]!, parts),
    count: members.length,
    items: members,
    ...(measures.length > 0 ? { totals: measured(members, measures) } : {}),
  }));
}

function measured(items: JsonValue[], measures: readonly Measure[]): JsonObject {
  return Object.fromEntries(measures.map((measure) => [measure.name, measurement(items, measure)]));
}

/** Missing values are left out; `count` counts all items. */
function measurement(items: JsonValue[], { of, path }: Measure): JsonValue {
  if (of === 'count') return items.length;
  const parts = pathParts(path);
  const values = items.map((item) => valueAt(item, parts)).filter((value) => value !== null);
  if (of === 'sum') return total(values, path);
  if (of === 'average') return values.length === 0 ? null : total(values, path) / values.length;
  const keys = values.map(sortKey);
  const [first, ...rest] = keys;
  if (!first) return null;
  const sign = of === 'min' ? 1 : -1;
  return rest.reduce((best, key) => (sign * compareKeys(key, best) < 0 ? key : best), first)[1];
}

function total(values: readonly JsonValue[], path: string): number {
  let sum = 0;
  for (const value of values) {
    const number = numberOf(value);
    if (!Number.isFinite(number)) {
      throw new StepError(
        'NOT_A_NUMBER',
        `${path === '' ? 'An item' : `"${path}" of an item`} is ${JSON.stringify(value).slice(0, 80)}, which is no number and cannot be added up. Filter such items out first.`,
        { details: { path } },
      );
    }
    sum += number;
  }
  return sum;
}
