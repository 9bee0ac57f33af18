/** A credential is read again after this long, whatever happened to the news of its end. */
const READ_AGAIN_MS = 5000;
/** Last use is noted by the minute. */
const TOUCH_MS = 60_000;
const MOST = 10_000;
/** Ids that no credential has; guessing them pushes no credential out. */
const MOST_UNKNOWN = 1000;

interface Entry<Row> {
  row: Promise<Row | null>;
  /** What was read last. */
  found: Row | null | undefined;
  readAt: number;
}

/** What is stored of the credentials that callers show, for a few seconds each: a call costs no look at the database. */
export class CredentialMemory<Row> {
  readonly #find: (id: string) => Promise<Row | null>;
  readonly #known = new Map<string, Entry<Row>>();
  readonly #unknown = new Map<string, Entry<Row>>();
  /** When the last use was noted, by id. */
  readonly #touched = new Map<string, number>();

  constructor(find: (id: string) => Promise<Row | null>) {
    this.#find = find;
  }

  /** Null when there is none of this id. Rejects as the look-up does, and is asked anew then. */
  read(id: string): Promise<Row | null> {
    const now = Date.now();
    const cached = this.#known.get(id) ?? this.#unknown.get(id);
    if (cached && now - cached.readAt < READ_AGAIN_MS) return cached.row;
    this.#unknown.delete(id);
    const row = this.#find(id);
    const entry: Entry<Row> = { row, found: cached?.found, readAt: now };
    this.#known.set(id, entry);
    row.then(
      (found) => {
        entry.found = found;
        if (found !== null || this.#known.get(id) !== entry) return;
        this.#known.delete(id);
        keep(this.#unknown, id, entry, MOST_UNKNOWN);
      },
      () => this.#known.delete(id),
    );
    if (this.#known.size > MOST) this.#known.delete(this.#known.keys().next().value!);
    return row;
  }

  /** What was read last of this id, which may be something else by now. Asks nobody. */
  last(id: string): Row | null | undefined {
    return this.#known.get(id)?.found;
  }

  /** Those of which this holds are read again when they are asked for; `undefined`: one that is being read. */
  lookAgain(which: (found: Row | null | undefined) => boolean): void {
    for (const entry of this.#known.values()) if (which(entry.found)) entry.readAt = 0;
  }

  /** All are read again; which were credentials is remembered. */
  lookAgainAtAll(): void {
    this.lookAgain(() => true);
    this.#unknown.clear();
  }

  drop(id: string): void {
    this.#known.delete(id);
  }

  /** Calls `note` unless that was done within a minute for this id. */
  touch(id: string, note: (at: Date) => void): void {
    const now = Date.now();
    if (now - (this.#touched.get(id) ?? 0) < TOUCH_MS) return;
    this.#touched.delete(id);
    keep(this.#touched, id, now, MOST);
    note(new Date(now));
  }

  clear(): void {
    this.#known.clear();
    this.#unknown.clear();
  }
}

/** Adds an entry; the oldest makes place. */
function keep<Value>(map: Map<string, Value>, id: string, value: Value, most: number): void {
  map.set(id, value);
  if (map.size > most) map.delete(map.keys().next().value!);
}
