import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { jsonLength } from './json-size.ts';
import type { LoopState, NodeState, RunState } from './run.ts';

/** Characters from which on a value is worth a piece of its own; and those of a piece of a long list, about. */
const PIECE = 4096;
const LONG_PIECE = 256 * 1024;

/** A stored state in pieces: JSON texts by number, the first of which holds the others together. */
export interface StatePieces {
  first: string;
  /** These are all: whatever was stored before is not needed any more. */
  whole: boolean;
  /** Pieces that were not there the last time. */
  added: { seq: number; text: string }[];
  /** Numbers of pieces that are not needed any more. */
  dropped: number[];
  /** Characters of all pieces together. */
  length: number;
}

interface Piece {
  seq: number;
  length: number;
}

/** Where a piece stands: a value as its number in place of the value, a list as those of its parts and what is left. */
type InPieces = JsonValue;

/**
 * Takes the states of one run apart, one after the other: what finished steps left and what loops collected does not
 * change, and is a piece that is stored once. So a step costs what it adds, however much there is already.
 */
export class StateSplitter {
  private readonly piece: number;
  private whole = true;
  private next = 1;
  private gone: number[] = [];
  /** By the object that a node's state, or the input, is. */
  private readonly values = new Map<object, Piece>();
  private readonly lists = new Map<string, (Piece & { end: number })[]>();
  /** Of the state at hand. */
  private used = new Set<number>();
  private added: StatePieces['added'] = [];

  /** `piece`: characters from which on there is one. */
  constructor(piece = PIECE) {
    this.piece = piece;
  }

  split(state: RunState): StatePieces {
    this.used = new Set();
    this.added = [];
    const { input, nodes, effects, ending, ...rest } = state;
    const large = this.value(input, input);
    const first = JSON.stringify({
      ...rest,
      ...(large === null ? { input } : { inputIn: large }),
      nodes: this.nodes('', nodes),
      ...(effects && { effects: this.list('effects', effects as unknown as JsonValue[]) }),
      ...(ending && {
        ending: {
          ...ending,
          undone: this.list('undone', ending.undone as unknown as JsonValue[]),
          again: this.list('again', ending.again),
        },
      }),
    });
    return this.outcome(first);
  }

  /** What was split last was not stored: the next is whole again. */
  forget(): void {
    this.values.clear();
    this.lists.clear();
    this.whole = true;
  }

  private outcome(first: string): StatePieces {
    const { whole, added, gone: dropped } = this;
    this.whole = false;
    this.gone = [];
    let length = first.length;
    const count = ({ seq, length: own }: Piece): boolean => {
      if (this.used.has(seq)) length += own;
      else dropped.push(seq);
      return this.used.has(seq);
    };
    for (const [key, piece] of this.values) if (!count(piece)) this.values.delete(key);
    for (const [name, pieces] of this.lists) {
      const kept = pieces.filter(count);
      if (kept.length === 0) this.lists.delete(name);
      else if (kept.length < pieces.length) this.lists.set(name, kept);
    }
    return { first, whole, added, dropped: whole ? [] : dropped, length };
  }

  private nodes(path: string, nodes: Record<string, NodeState>): JsonObject {
    return Object.fromEntries(Object.entries(nodes).map(([id, state]) => [id, this.node(path + id, state)]));
  }

  private node(path: string, state: NodeState): JsonValue {
    if ('loop' in state) return { loop: this.loop(path, state.loop) };
    if (!('value' in state)) return state;
    const valueIn = this.value(state, state.value);
    if (valueIn === null) return state as unknown as JsonObject;
    const { value: _, ...rest } = state;
    return { ...(rest as unknown as JsonObject), valueIn };
  }

  private loop(path: string, loop: LoopState): JsonObject {
    const { items, done, collected, errors, walks, ...rest } = loop;
    return {
      ...rest,
      items: this.list(`${path}/items`, items),
      done: this.list(`${path}/done`, done),
      collected: this.list(`${path}/collected`, collected),
      errors: this.list(`${path}/errors`, errors as JsonValue[]),
      walks: Object.fromEntries(
        Object.entries(walks).map(([index, nodes]) => [index, this.nodes(`${path}[${index}]/`, nodes)]),
      ),
    };
  }

  /** The number of the piece that holds it; null when it is too small for one. */
  private value(key: object, value: JsonValue): number | null {
    const known = this.values.get(key);
    if (known) {
      this.used.add(known.seq);
      return known.seq;
    }
    if (jsonLength(value, this.piece) < this.piece) return null;
    const piece = this.add(value);
    this.values.set(key, piece);
    return piece.seq;
  }

  /** A list that only grows at its end, or is cut there: the pieces of its beginning, and the rest. */
  private list(name: string, list: readonly JsonValue[]): InPieces {
    const pieces = [...(this.lists.get(name) ?? [])];
    while (pieces.length > 0 && pieces.at(-1)!.end > list.length) pieces.pop();
    let from = pieces.at(-1)?.end ?? 0;
    let length = 0;
    for (let at = from; at < list.length; at++) {
      length += jsonLength(list[at]!, LONG_PIECE) + 1;
      if (length < this.piece || (length < LONG_PIECE && at + 1 < list.length)) continue;
      pieces.push({ ...this.add(list.slice(from, at + 1)), end: at + 1 });
      from = at + 1;
      length = 0;
    }
    if (pieces.length === 0) return list as JsonValue[];
    for (const { seq } of pieces) this.used.add(seq);
    const before = this.lists.get(name);
    const gone = before?.filter((piece) => !pieces.includes(piece)) ?? [];
    this.gone.push(...gone.map(({ seq }) => seq));
    this.lists.set(name, pieces);
    return { in: pieces.map(({ seq }) => seq), rest: list.slice(from) };
  }

  private add(value: JsonValue): Piece {
    const text = JSON.stringify(value);
    const seq = this.next++;
    this.used.add(seq);
    this.added.push({ seq, text });
    return { seq, length: text.length };
  }
}

/** Puts a state together again. `pieces` by number, 0 being the first. */
export function joinState(pieces: ReadonlyMap<number, string>): RunState {
  const read = (seq: number) => JSON.parse(pieces.get(seq)!) as JsonValue;
  const { inputIn, ...state } = read(0) as JsonObject;
  if (inputIn !== undefined) state['input'] = read(inputIn as number);
  const list = (parts: JsonValue): JsonValue[] => {
    if (Array.isArray(parts)) return parts;
    const { in: seqs, rest } = parts as { in: number[]; rest: JsonValue[] };
    return [...seqs.flatMap((seq) => read(seq) as JsonValue[]), ...rest];
  };
  const nodes = (known: JsonValue): JsonObject =>
    Object.fromEntries(
      Object.entries(known as JsonObject).map(([id, found]) => [id, node(found as JsonObject)]),
    );
  const node = ({ valueIn, ...found }: JsonObject): JsonObject => {
    if (valueIn !== undefined) return { ...found, value: read(valueIn as number) };
    if (found['loop'] === undefined) return found;
    const loop = { ...(found['loop'] as JsonObject) };
    for (const name of ['items', 'done', 'collected', 'errors']) loop[name] = list(loop[name]!);
    const walks = Object.entries(loop['walks'] as JsonObject).map(([index, walk]) => [index, nodes(walk)]);
    return { loop: { ...loop, walks: Object.fromEntries(walks) } };
  };
  state['nodes'] = nodes(state['nodes']!);
  if (state['effects'] !== undefined) state['effects'] = list(state['effects']);
  const ending = state['ending'] as JsonObject | undefined;
  if (ending) {
    state['ending'] = { ...ending, undone: list(ending['undone']!), again: list(ending['again']!) };
  }
  return state as unknown as RunState;
}
