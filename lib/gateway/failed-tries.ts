/** Failures that an address may have at once, and how soon it may have another one, in ms. */
const MOST = 60;
const REFILL_MS = 1000;
/** More addresses than this are not remembered: the oldest go first, so that memory stays bounded under a flood. */
const MOST_ADDRESSES = 10_000;
/** Look-ups a second for callers who failed too often; for all of them together. */
const LOOK_UPS = 20;

/** How many failures an address had left at some moment. */
interface Bucket {
  left: number;
  at: number;
}

/**
 * Counts requests with a wrong key, or without one where there has to be one, by the address of the caller: 60 a minute.
 * Those of an address that had more cost nothing but their answer. Only what fails is limited: behind one address there
 * may be many callers.
 */
export class FailedTries {
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();
  #lookUps: Bucket;
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.#lookUps = { left: LOOK_UPS, at: now() };
  }

  /** Whether anybody failed of late: else there is no need to know the address. */
  get any(): boolean {
    return this.#now() - this.#lastAt < MOST * REFILL_MS;
  }

  /** ms until the address may fail again; 0 when it may. */
  waitMs(address: string): number {
    const bucket = this.#buckets.get(address);
    if (!bucket) return 0;
    const left = bucket.left + (this.#now() - bucket.at) / REFILL_MS;
    return left >= 1 ? 0 : Math.ceil((1 - left) * REFILL_MS);
  }

  failed(address: string): void {
    const now = this.#now();
    if (!this.any) this.#buckets.clear();
    this.#lastAt = now;
    const bucket = this.#buckets.get(address);
    const left = bucket ? Math.min(MOST, bucket.left + (now - bucket.at) / REFILL_MS) : MOST;
    this.#buckets.delete(address);
    this.#buckets.set(address, { left: Math.max(0, left - 1), at: now });
    if (this.#buckets.size > MOST_ADDRESSES) this.#buckets.delete(this.#buckets.keys().next().value!);
  }

  /**
   * Whether the database may be asked for a caller who failed too often. Now and then it may: another one at the same
   * address may have a key that is good, and not known here yet.
   */
  mayLookUp(): boolean {
    const now = this.#now();
    const { left, at } = this.#lookUps;
    const more = Math.min(LOOK_UPS, left + ((now - at) * LOOK_UPS) / 1000);
    if (more < 1) return false;
    this.#lookUps = { left: more - 1, at: now };
    return true;
  }
}
