import { dotsIn, paddedLength } from './dot-products.ts';

const PAGE_BYTES = 64 * 1024;
/** Rows lie in slabs of this size. */
const SLAB_BYTES = 256 * 1024;
/** The first slab holds the query and the products of one slab. */
const QUERY_AT = 0;
const PRODUCTS_AT = PAGE_BYTES;
/** Once so much of an index is rows that were taken out, it is put together anew. */
const MOST_DEAD = 0.25;

/** A vector that is like the one that was asked for. */
export interface Near {
  versionId: string;
  ordinal: number;
  /** Cosine, -1 to 1. */
  score: number;
}

/** Vectors of consecutive chunks of a version. */
export interface VectorRows {
  versionId: string;
  /** Ordinal of the first. */
  start: number;
  /** float32, one vector after the other, each of length 1. */
  data: Float32Array;
}

interface Slab {
  at: number;
  rows: number;
  /** By row: the number of its version, -1 once it was taken out; and the ordinal of its chunk. */
  versions: Int32Array;
  ordinals: Int32Array;
}

interface Index {
  dimensions: number;
  /** Floats of a row. */
  width: number;
  slabs: Slab[];
  /** Names by number, and back; a version that was taken out leaves a gap. */
  names: string[];
  numbers: Map<string, number>;
  rows: number;
  dead: number;
}

/** Vectors of several indexes in one piece of memory, and the exact search in them. */
export class VectorTable {
  readonly #memory: WebAssembly.Memory;
  readonly #dots: ReturnType<typeof dotsIn>;
  readonly #indexes = new Map<string, Index>();
  readonly #free: number[] = [];
  #floats: Float32Array;
  #end = SLAB_BYTES;

  /** `maxBytes`: of vectors; much more throws. */
  constructor(maxBytes: number) {
    const pages = (bytes: number) => Math.min(65_536, Math.ceil(bytes / PAGE_BYTES));
    this.#memory = new WebAssembly.Memory({
      initial: pages(SLAB_BYTES),
      // Rows that were taken out and not yet filled, and slabs that are not full.
      maximum: pages(maxBytes * (1 + 2 * MOST_DEAD) + 256 * SLAB_BYTES),
    });
    this.#dots = dotsIn(this.#memory);
    this.#floats = new Float32Array(this.#memory.buffer);
  }

  /** Bytes of memory that are taken. */
  get bytes(): number {
    return this.#end - this.#free.length * SLAB_BYTES;
  }

  add(id: string, dimensions: number, { versionId, start, data }: VectorRows): void {
    const index = this.#indexes.get(id) ?? newIndex(dimensions);
    this.#indexes.set(id, index);
    let number = index.numbers.get(versionId);
    if (number === undefined) {
      number = index.names.push(versionId) - 1;
      index.numbers.set(versionId, number);
    }
    const { width } = index;
    const count = data.length / dimensions;
    for (let row = 0; row < count; ) {
      const slab = this.#roomIn(index);
      const some = Math.min(count - row, slab.versions.length - slab.rows);
      const at = slab.at / 4 + slab.rows * width;
      if (width === dimensions) {
        this.#floats.set(data.subarray(row * dimensions, (row + some) * dimensions), at);
      } else {
        this.#floats.fill(0, at, at + some * width);
        for (let each = 0; each < some; each++) {
          const from = (row + each) * dimensions;
          this.#floats.set(data.subarray(from, from + dimensions), at + each * width);
        }
      }
      for (let each = 0; each < some; each++) {
        slab.versions[slab.rows + each] = number;
        slab.ordinals[slab.rows + each] = start + row + each;
      }
      slab.rows += some;
      index.rows += some;
      row += some;
    }
  }

  /** Versions of an index, or all of it. */
  drop(id: string, versions: readonly string[] | null): void {
    const index = this.#indexes.get(id);
    if (!index) return;
    if (versions === null) {
      this.#indexes.delete(id);
      this.#free.push(...index.slabs.map(({ at }) => at));
      return;
    }
    const gone = new Uint8Array(index.names.length);
    for (const name of versions) {
      const number = index.numbers.get(name);
      if (number === undefined) continue;
      index.numbers.delete(name);
      gone[number] = 1;
    }
    for (const slab of index.slabs) {
      for (let row = 0; row < slab.rows; row++) {
        const number = slab.versions[row]!;
        if (number < 0 || gone[number] === 0) continue;
        slab.versions[row] = -1;
        index.dead += 1;
      }
    }
    if (index.dead > index.rows * MOST_DEAD) this.#compact(index);
  }

  /** Looks through what is there of an index. `only`: nothing but these versions. */
  search(id: string, query: Float32Array, found: Nearest, only: ReadonlySet<string> | null): void {
    const index = this.#indexes.get(id);
    if (index?.dimensions !== query.length) return;
    const allowed = only && Uint8Array.from(index.names, (name) => (only.has(name) ? 1 : 0));
    this.#setQuery(query, index.width);
    for (const slab of index.slabs) this.#scan(index, slab, found, allowed);
  }

  /** Looks through vectors that are not kept. */
  scan({ versionId, start, data }: VectorRows, query: Float32Array, found: Nearest): void {
    const passing = '';
    this.add(passing, query.length, { versionId, start, data });
    this.search(passing, query, found, null);
    this.drop(passing, null);
  }

  #setQuery(query: Float32Array, width: number): void {
    this.#floats.set(query, QUERY_AT / 4);
    this.#floats.fill(0, QUERY_AT / 4 + query.length, QUERY_AT / 4 + width);
  }

  #scan(index: Index, slab: Slab, found: Nearest, allowed: Uint8Array | null): void {
    if (slab.rows === 0) return;
    this.#dots(slab.at, QUERY_AT, slab.rows, index.width * 4, PRODUCTS_AT);
    const products = this.#floats.subarray(PRODUCTS_AT / 4, PRODUCTS_AT / 4 + slab.rows);
    for (let row = 0; row < slab.rows; row++) {
      const score = products[row]!;
      if (!(score > found.least)) continue;
      const number = slab.versions[row]!;
      if (number < 0 || allowed?.[number] === 0) continue;
      found.add({ versionId: index.names[number]!, ordinal: slab.ordinals[row]!, score });
    }
  }

  #roomIn(index: Index): Slab {
    const last = index.slabs.at(-1);
    const most = rowsOfSlab(index);
    if (last && last.rows < most) return last;
    const slab: Slab = {
      at: this.#free.pop() ?? this.#grown(),
      rows: 0,
      versions: new Int32Array(most),
      ordinals: new Int32Array(most),
    };
    index.slabs.push(slab);
    return slab;
  }

  /** The address of a new slab. */
  #grown(): number {
    const at = this.#end;
    const missing = at + SLAB_BYTES - this.#memory.buffer.byteLength;
    if (missing > 0) {
      this.#memory.grow(missing / PAGE_BYTES);
      this.#floats = new Float32Array(this.#memory.buffer);
    }
    this.#end = at + SLAB_BYTES;
    return at;
  }

  /** Puts the last row into the place of each that was taken out. */
  #compact(index: Index): void {
    const { slabs, width } = index;
    for (let place = 0; place < slabs.length; place++) {
      const slab = slabs[place]!;
      for (let row = 0; row < slab.rows; row++) {
        while (slab.rows > row && slab.versions[row] === -1) {
          const last = slabs.at(-1)!;
          const from = last.rows - 1;
          const [source, target] = [last.at / 4 + from * width, slab.at / 4 + row * width];
          this.#floats.copyWithin(target, source, source + width);
          slab.versions[row] = last.versions[from]!;
          slab.ordinals[row] = last.ordinals[from]!;
          last.rows -= 1;
          index.rows -= 1;
          if (last.rows > 0) continue;
          this.#free.push(last.at);
          slabs.pop();
        }
      }
    }
    index.dead = 0;
    renumber(index);
  }
}

/** The best so many of what was seen. */
export class Nearest {
  readonly #most: number;
  /** A heap: the least on top. */
  readonly #heap: Near[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** What does not score more need not be added. */
  get least(): number {
    return this.#heap.length < this.#most ? Number.NEGATIVE_INFINITY : this.#heap[0]!.score;
  }

  add(near: Near): void {
    const heap = this.#heap;
    if (heap.length < this.#most) {
      heap.push(near);
      let at = heap.length - 1;
      while (at > 0) {
        const above = (at - 1) >> 1;
        if (heap[above]!.score <= near.score) break;
        heap[at] = heap[above]!;
        at = above;
      }
      heap[at] = near;
      return;
    }
    if (!(near.score > this.least)) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && heap[below + 1]!.score < heap[below]!.score) below += 1;
      if (heap[below]!.score >= near.score) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = near;
  }

  /** Best first. */
  sorted(): Near[] {
    return this.#heap.toSorted(
      (a, b) => b.score - a.score || (a.versionId < b.versionId ? -1 : 1) || a.ordinal - b.ordinal,
    );
  }
}

function newIndex(dimensions: number): Index {
  const width = paddedLength(dimensions);
  return { dimensions, width, slabs: [], names: [], numbers: new Map(), rows: 0, dead: 0 };
}

/** Lets go of the names of versions that were taken out. */
function renumber(index: Index): void {
  const numbers = new Int32Array(index.names.length);
  const names = [...index.numbers.keys()];
  for (const [number, name] of names.entries()) numbers[index.numbers.get(name)!] = number;
  for (const { versions, rows } of index.slabs) {
    for (let row = 0; row < rows; row++) versions[row] = numbers[versions[row]!]!;
  }
  index.names = names;
  index.numbers = new Map(names.map((name, number) => [name, number]));
}

function rowsOfSlab({ width }: Pick<Index, 'width'>): number {
  return Math.floor(SLAB_BYTES / 4 / width);
}
