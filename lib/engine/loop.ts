import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import type { ErrorRecord } from './events.ts';
import type { Stopped } from './flight.ts';
import type { NodeResult } from './kind.ts';
import type { LoopState, NodeState } from './run.ts';

/** The steps of one item. */
export interface ItemWalk {
  readonly index: number;
  begin(): void;
  /** What is kept of the item, from its finished steps. Throws StepError. */
  collect(): JsonValue;
  snapshot(): Record<string, NodeState>;
  abort(how: Stopped): void;
  /** Lets go of its values, unless they are needed to take its effects back. */
  drop(): void;
}

/** What a loop is given by the walk that the container stands in. */
export interface LoopHost {
  /** The container's own key. */
  key: string;
  walk(index: number, known: Record<string, NodeState> | undefined): ItemWalk;
  /** Counts what the loop holds until `release`. Throws StepError `TOO_LARGE` when it is too much. */
  hold(value: JsonValue): number;
  release(characters: number): void;
  record(error: unknown): ErrorRecord;
  done(value: JsonValue, handle: string | undefined): void;
  failed(error: ErrorRecord): void;
}

/** A loop that has not begun. */
export function loopOver(each: NonNullable<NodeResult['each']>, handle: string | undefined): LoopState {
  const { items, onError } = each;
  const concurrency = Math.max(1, Math.floor(each.concurrency) || 1);
  const begun = { next: 0, done: [], collected: [], errors: [], walks: {} };
  const state = { items: [...items], concurrency, onError, ...begun };
  return handle === undefined ? state : { ...state, handle };
}

/** The items of one container: takes on as many at once as it may, and collects what is left of each. */
export class Loop {
  private readonly host: LoopHost;
  private readonly state: Omit<LoopState, 'walks'>;
  private readonly walks = new Map<number, ItemWalk>();
  private readonly restored: LoopState['walks'];
  private held = 0;
  private over = false;

  constructor(state: LoopState, host: LoopHost) {
    const { walks, ...rest } = state;
    this.host = host;
    this.state = {
      ...rest,
      done: [...rest.done],
      collected: [...rest.collected],
      errors: [...rest.errors],
    };
    this.restored = walks;
  }

  /** Throws StepError `TOO_LARGE`. */
  begin(): void {
    this.held += this.host.hold(this.state.items);
    for (const value of this.state.collected) this.held += this.host.hold(value);
    for (const [index, known] of Object.entries(this.restored)) this.take(Number(index), known);
    this.fill();
  }

  /** All steps of an item are done. */
  finished(walk: ItemWalk): void {
    let value: JsonValue;
    try {
      value = walk.collect();
      this.held += this.host.hold(value);
    } catch (error) {
      this.failed(walk, this.host.record(error));
      return;
    }
    this.state.done.push(walk.index);
    this.state.collected.push(value);
    this.leave(walk);
  }

  /** A step of an item failed for good. */
  failed(walk: ItemWalk, error: ErrorRecord): void {
    walk.abort('skipped');
    if (this.state.onError === 'collect') {
      const { code, message, key = null, details = {} } = error;
      const kept: JsonObject = { code, message, step: key, details };
      this.state.errors.push({ index: walk.index, error: kept });
      this.leave(walk);
      return;
    }
    this.abort('skipped');
    const { items } = this.state;
    const which = `(Item ${walk.index + 1} of ${items.length} in "${this.host.key}".)`;
    this.host.failed({ ...error, message: `${error.message} ${which}` });
  }

  /** A step asked for the end of the loop: what is done so far is its value. */
  stop(): void {
    this.abort('skipped');
    this.finish();
  }

  /** Stops the items under way. They stay in the state, so that they can be gone on with. */
  abort(how: Stopped): void {
    if (this.over) return;
    this.over = true;
    for (const walk of this.walks.values()) {
      walk.abort(how);
      walk.drop();
    }
    this.release();
  }

  snapshot(): LoopState {
    const walks = [...this.walks.values()].map((walk) => [walk.index, walk.snapshot()]);
    const { done, collected, errors } = this.state;
    return {
      ...this.state,
      done: [...done],
      collected: [...collected],
      errors: [...errors],
      walks: Object.fromEntries(walks),
    };
  }

  private leave(walk: ItemWalk): void {
    this.walks.delete(walk.index);
    walk.drop();
    if (!this.over) this.fill();
  }

  private fill(): void {
    const { items, concurrency } = this.state;
    while (this.walks.size < concurrency && this.state.next < items.length) {
      this.take(this.state.next, undefined);
      this.state.next += 1;
    }
    if (this.walks.size > 0) return;
    this.over = true;
    this.finish();
  }

  private take(index: number, known: Record<string, NodeState> | undefined): void {
    const walk = this.host.walk(index, known);
    this.walks.set(index, walk);
    walk.begin();
  }

  private release(): void {
    this.host.release(this.held);
    this.held = 0;
  }

  private finish(): void {
    const { items, done, collected, errors, handle } = this.state;
    const order = done.map((index, at) => ({ index, at })).sort((a, b) => a.index - b.index);
    this.release();
    const value = {
      items: order.map(({ at }) => collected[at]!),
      errors: errors.toSorted((a, b) => a.index - b.index),
      count: items.length,
    };
    this.host.done(value, handle);
  }
}
