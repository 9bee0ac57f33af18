import type { StepRecord } from '#lib/db/run-batch.ts';
import type { Miss } from '#lib/engine/tape-play.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { canonical } from '#lib/workflow/same-json.ts';

/** Where a replay and the recorded run part. */
export interface Difference {
  /** Null: the answer as a whole. */
  nodeId: string | null;
  key: string | null;
  iteration?: number[];
  /** `request`: it asks the world otherwise; `step`: one of them did not come to it. */
  what: 'step' | 'status' | 'request' | 'error' | 'value' | 'handle' | 'output';
  recorded: JsonValue;
  now: JsonValue;
}

export interface ComparedStep {
  nodeId: string;
  key: string;
  iteration?: number[];
  same: boolean;
}

/**
 * The steps of a recorded run beside those of its replay, in the order in which they ran, and the first that differs.
 * Values that were too large to be recorded are not compared beyond what was kept of them.
 */
export function compareSteps(
  recorded: readonly StepRecord[],
  now: readonly StepRecord[],
  misses: readonly Miss[],
): { steps: ComparedStep[]; difference: Difference | null } {
  const before = new Map(recorded.map((step) => [nameOf(step), step]));
  const after = new Map(now.map((step) => [nameOf(step), step]));
  const steps: ComparedStep[] = [];
  let difference: Difference | null = null;
  for (const name of mergedOrder([...before.keys()], [...after.keys()])) {
    const [old, fresh] = [before.get(name), after.get(name)];
    const { nodeId, key, iteration } = (fresh ?? old)!;
    const at = { nodeId, key, ...(iteration && { iteration }) };
    const found = differenceOf(old, fresh, misses);
    steps.push({ ...at, same: found === null });
    if (found) difference ??= { ...at, ...found };
  }
  return { steps, difference };
}

/** As the steps ran now; what ran only then stands where it stood between them. */
function mergedOrder(before: string[], after: string[]): string[] {
  const present = new Set(after);
  const place = new Map(before.map((name, index) => [name, index]));
  const merged: string[] = [];
  let next = 0;
  for (const name of after) {
    const end = place.get(name) ?? next;
    for (; next < end; next++) if (!present.has(before[next]!)) merged.push(before[next]!);
    merged.push(name);
  }
  for (; next < before.length; next++) if (!present.has(before[next]!)) merged.push(before[next]!);
  return merged;
}

type Found = Pick<Difference, 'what' | 'recorded' | 'now'>;

function differenceOf(
  old: StepRecord | undefined,
  fresh: StepRecord | undefined,
  misses: readonly Miss[],
): Found | null {
  if (!old || !fresh) {
    // A step that was not reached and one that is not there come to the same.
    if ((old ?? fresh)!.status === 'skipped') return null;
    return { what: 'step', recorded: old ? endOf(old) : null, now: fresh ? endOf(fresh) : null };
  }
  const miss = misses.find(({ path }) => path === pathEnd(path, fresh));
  if (miss) return { what: 'request', recorded: miss.recorded, now: miss.asked };
  if (old.status !== fresh.status) return { what: 'status', recorded: endOf(old), now: endOf(fresh) };
  if (old.status === 'failed' && !sameError(old.error, fresh.error)) {
    return { what: 'error', recorded: old.error ?? null, now: fresh.error ?? null };
  }
  if (!sameValue(old.value ?? null, fresh.value ?? null)) {
    return { what: 'value', recorded: old.value ?? null, now: fresh.value ?? null };
  }
  if (old.handle !== fresh.handle)
    return { what: 'handle', recorded: old.handle ?? null, now: fresh.handle ?? null };
  return null;
}

/** How a step ended, for somebody who looks at a difference. */
function endOf({ status, value, error, waiting }: StepRecord): JsonObject {
  return {
    status,
    ...(error && { error }),
    ...(status === 'succeeded' && { value: value ?? null }),
    ...(waiting && { waiting: waiting.question }),
  };
}

/** A path names a node and the items it stands in: `loop[2]/fetch`. */
function pathEnd(path: string, { nodeId, iteration = [], undoes }: StepRecord): string | null {
  if (path.startsWith('undo:') !== (undoes !== undefined)) return null;
  const indexes = [...path.matchAll(/\[(\d+)\]\//g)].map(([, index]) => Number(index));
  const node = path.slice(path.lastIndexOf('/') + 1).replace(/^undo:/, '');
  const same = node === (undoes ?? nodeId) && indexes.join() === iteration.join();
  return same ? path : null;
}

function nameOf({ nodeId, iteration, undoes }: StepRecord): string {
  const place = iteration ? `${nodeId} ${iteration.join('.')}` : nodeId;
  return undoes === undefined ? place : `${place} undoes ${undoes}`;
}

/** How long something may take is measured, and so are the words about it. */
const MEASURED = new Set(['TIMEOUT', 'CODE_TIMEOUT']);

function sameError(old: JsonObject | undefined, fresh: JsonObject | undefined): boolean {
  if (old?.['code'] !== fresh?.['code']) return false;
  if (MEASURED.has(String(old?.['code']))) return true;
  return sameValue(old?.['message'] ?? null, fresh?.['message'] ?? null);
}

const BLANK = '[redacted]';

/** The same JSON. A credential that the recording does not have is like any other text in its place. */
export function sameValue(old: JsonValue, fresh: JsonValue): boolean {
  if (typeof old === 'string' && typeof fresh === 'string') {
    return old === fresh || (fresh.includes(BLANK) && fits(old, fresh.split(BLANK)));
  }
  if (typeof old !== 'object' || typeof fresh !== 'object' || old === null || fresh === null) {
    return fresh === BLANK || Object.is(old, fresh) || canonical(old) === canonical(fresh);
  }
  if (isUnknown(old) || isUnknown(fresh)) return true;
  if (Array.isArray(old) || Array.isArray(fresh)) {
    if (!Array.isArray(old) || !Array.isArray(fresh) || old.length !== fresh.length) return false;
    return old.every((item, index) => sameValue(item, fresh[index]!));
  }
  const names = Object.keys(old);
  return (
    names.length === Object.keys(fresh).length &&
    names.every((name) => Object.hasOwn(fresh, name) && sameValue(old[name]!, fresh[name]!))
  );
}

/** Nothing was kept of a value that was too large; of others, the beginning is compared. */
function isUnknown(value: JsonValue): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    value['$truncated'] === true &&
    value['preview'] === undefined
  );
}

/** Whether the text is these pieces with anything between them. */
function fits(text: string, pieces: string[]): boolean {
  const [first = '', ...rest] = pieces;
  const last = rest.pop() ?? '';
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
