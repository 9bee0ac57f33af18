import { type Allowance, READS_PER_CALL } from '#lib/workflow/limits.ts';

const MINUTE_MS = 60_000;
/** Longer ago than this the calls of others are of the past. */
const RECENT_MS = 5000;

/** How full a bucket is; it fills up as time goes by. */
interface Bucket {
  left: number;
  at: number;
}

/**
 * What one caller, a project or an organization has used: two buckets (calls, and what only reads) and the calls of
 * this day and month. Numbers in place of objects and no clock of its own: it is asked for every call.
 */
export class CallMeter {
  readonly organizationId: string;
  readonly projectId: string;
  readonly subject: string;
  readonly #calls: Bucket = { left: Number.POSITIVE_INFINITY, at: 0 };
  readonly #reads: Bucket = { left: Number.POSITIVE_INFINITY, at: 0 };
  /** Of the database, as it was read last. */
  #storedDay = 0;
  #storedMonth = 0;
  #readAt = Number.NEGATIVE_INFINITY;
  /** On its way to the database. */
  #underway = 0;
  /** Counted since. */
  unsaved = 0;
  lastAt = 0;

  constructor(owner: { organizationId: string; projectId: string; subject: string }) {
    this.organizationId = owner.organizationId;
    this.projectId = owner.projectId;
    this.subject = owner.subject;
  }

  get day(): number {
    return this.#storedDay + this.#underway + this.unsaved;
  }

  get month(): number {
    return this.#storedMonth + this.#underway + this.unsaved;
  }

  /** ms until one more may come; 0 when it may now. */
  waitMs({ perMinute, burst }: Allowance, now: number, isRead: boolean): number {
    if (perMinute === null) return 0;
    const factor = isRead ? READS_PER_CALL : 1;
    const bucket = isRead ? this.#reads : this.#calls;
    const left = fill(bucket, perMinute * factor, burst * factor, now);
    return left >= 1 ? 0 : Math.ceil(((1 - left) * MINUTE_MS) / (perMinute * factor));
  }

  /** Counts one that was let in. */
  take(now: number, isRead: boolean): void {
    this.lastAt = now;
    if (isRead) this.#reads.left -= 1;
    else {
      this.#calls.left -= 1;
      this.unsaved += 1;
    }
  }

  /** Calls that may come at once, of those that `burst` allows. */
  left({ perMinute, burst }: Allowance, now: number): number {
    return perMinute === null ? burst : Math.max(0, Math.floor(fill(this.#calls, perMinute, burst, now)));
  }

  /** Whether forgetting it would change nothing but the count, which is stored. */
  isFull(allowance: Allowance, now: number): boolean {
    if (this.unsaved > 0 || this.#underway > 0) return false;
    const { perMinute, burst } = allowance;
    if (perMinute === null) return true;
    return (
      fill(this.#calls, perMinute, burst, now) >= burst &&
      fill(this.#reads, perMinute * READS_PER_CALL, burst * READS_PER_CALL, now) >= burst * READS_PER_CALL
    );
  }

  /** What is counted and not stored; from here on it is under way, until `saved`. */
  save(): number {
    this.#underway = this.unsaved;
    this.unsaved = 0;
    return this.#underway;
  }

  /** What was under way is stored, or will be. */
  saved(): void {
    this.#storedDay += this.#underway;
    this.#storedMonth += this.#underway;
    this.#underway = 0;
  }

  /**
   * What the database says at `now`. Calls that came in elsewhere since it was read are taken out of the bucket too, so
   * that all processes together keep to the average; unless that is long ago: the bucket has filled up since.
   */
  known({ day, month }: { day: number; month: number }, now: number): void {
    if (now - this.#readAt <= RECENT_MS) this.#calls.left -= Math.max(0, day - this.#storedDay);
    this.#readAt = now;
    this.#storedDay = day;
    this.#storedMonth = month;
  }

  /** Another day has begun, and with it perhaps another month. What is unsaved has been taken out with `save`. */
  begin(period: 'day' | 'month'): void {
    this.saved();
    this.#storedDay = 0;
    if (period === 'month') this.#storedMonth = 0;
  }
}

function fill(bucket: Bucket, perMinute: number, burst: number, now: number): number {
  const since = Math.max(0, now - bucket.at);
  bucket.left = Math.min(burst, bucket.left + (since * perMinute) / MINUTE_MS);
  bucket.at = now;
  return bucket.left;
}
