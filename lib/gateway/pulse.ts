/** Whatever wants to be woken now and then, such as an open stream. */
export interface Beating {
  beat(): void;
}

const SLOT_MS = 1000;

/** Wakes each of its members once every `periodMs`: one timer for all of them, and their turns are spread over time. */
export class Pulse {
  readonly #slots: Set<Beating>[];
  #at = 0;
  #count = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(periodMs: number) {
    this.#slots = Array.from({ length: Math.ceil(periodMs / SLOT_MS) }, () => new Set());
  }

  /** Its first turn comes a whole period from now. Returns the slot it is in. */
  add(member: Beating): number {
    this.#slots[this.#at]!.add(member);
    this.#count += 1;
    this.#timer ??= setInterval(() => this.#turn(), SLOT_MS);
    return this.#at;
  }

  remove(member: Beating, slot: number): void {
    if (!this.#slots[slot]!.delete(member)) return;
    this.#count -= 1;
    if (this.#count > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #turn(): void {
    this.#at = (this.#at + 1) % this.#slots.length;
    for (const member of this.#slots[this.#at]!) member.beat();
  }
}
