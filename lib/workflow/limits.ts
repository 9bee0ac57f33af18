import * as z from 'zod';

/** How much may be called. null: no limit. */
export interface Allowance {
  /** Calls a minute, on average. */
  perMinute: number | null;
  /** Calls that may come all at once before the average counts. */
  burst: number;
  /** Calls under way at the same time, in one process. */
  atOnce: number | null;
  /** Calls of one day and of one month, UTC. */
  perDay: number | null;
  perMonth: number | null;
}

/** Whose calls a limit adds up: of each key, each person, each address without a key; of the project; of all projects. */
export type LimitScope = 'key' | 'person' | 'address' | 'project' | 'organization';

/** An address is nobody in particular: it has no days and months. */
export const LIMIT_SCOPES = ['key', 'person', 'address', 'project'] as const;

export type ProjectLimits = Record<(typeof LIMIT_SCOPES)[number], Allowance>;

export type LimitName = 'perMinute' | 'atOnce' | 'perDay' | 'perMonth';

/** Lists and other reading cost little: as many times more of them than of calls. */
export const READS_PER_CALL = 10;

const none = { perDay: null, perMonth: null };

export const DEFAULT_LIMITS: ProjectLimits = {
  key: { perMinute: 6000, burst: 1000, atOnce: 64, ...none },
  person: { perMinute: 1200, burst: 300, atOnce: 64, ...none },
  address: { perMinute: 1200, burst: 300, atOnce: 64, ...none },
  project: { perMinute: 60_000, burst: 10_000, atOnce: 128, ...none },
};

/** What an owner has not set does not limit. */
export const NO_CEILING: Allowance = { perMinute: null, burst: 10_000, atOnce: null, ...none };

/** Runs at once that one process has room for. */
export const MOST_AT_ONCE = 256;

const whole = (most: number) =>
  z
    .int('is a whole number')
    .min(1, 'is at least 1; to stop all calls, revoke the keys or take back what is published')
    .max(most, `is at most ${most}`);

const allowance = z.strictObject({
  perMinute: whole(10_000_000).nullable().optional(),
  burst: whole(10_000_000).optional(),
  atOnce: whole(MOST_AT_ONCE).nullable().optional(),
  perDay: whole(1_000_000_000).nullable().optional(),
  perMonth: whole(2_000_000_000).nullable().optional(),
});

/** A day that may use more than its month is a mistake of whoever typed it. */
const consistent = allowance.refine(
  ({ perDay, perMonth }) => perDay == null || perMonth == null || perDay <= perMonth,
  'the calls of a day are more than those of a month',
);

const ofAddress = consistent.refine(
  ({ perDay, perMonth }) => perDay == null && perMonth == null,
  'an address has no calls of a day or month: behind one there are many people, and one person has many',
);

/** Changes of what a project allows; what is left out stays. */
export const limitsPatch = z.strictObject({
  key: consistent.optional(),
  person: consistent.optional(),
  address: ofAddress.optional(),
  project: consistent.optional(),
});
export type LimitsPatch = z.input<typeof limitsPatch>;

export const ceilingPatch = consistent;
export type CeilingPatch = z.input<typeof ceilingPatch>;

/** What is stored, as a whole: what it leaves out is as by default. */
export function limitsOf(stored: LimitsPatch): ProjectLimits {
  return {
    key: over(DEFAULT_LIMITS.key, stored.key),
    person: over(DEFAULT_LIMITS.person, stored.person),
    address: over(DEFAULT_LIMITS.address, stored.address),
    project: over(DEFAULT_LIMITS.project, stored.project),
  };
}

export function ceilingOf(stored: CeilingPatch): Allowance {
  return over(NO_CEILING, stored);
}

function over(base: Allowance, stored: CeilingPatch = {}): Allowance {
  const given = Object.entries(stored).filter(([, value]) => value !== undefined);
  return { ...base, ...Object.fromEntries(given) };
}

/** One change laid over what is stored, without what is as by default. Throws what zod throws for a wrong outcome. */
export function changedLimits(stored: LimitsPatch, patch: LimitsPatch): LimitsPatch {
  const now = limitsOf(stored);
  const changed: LimitsPatch = {};
  for (const scope of LIMIT_SCOPES) {
    const differs = withoutDefaults(over(now[scope], patch[scope]), DEFAULT_LIMITS[scope]);
    if (differs) changed[scope] = differs;
  }
  return changed;
}

/** The same of a ceiling. */
export function changedCeiling(stored: CeilingPatch, patch: CeilingPatch): CeilingPatch {
  return withoutDefaults(over(ceilingOf(stored), patch), NO_CEILING) ?? {};
}

function withoutDefaults(all: Allowance, base: Allowance): CeilingPatch | null {
  const differs = Object.entries(all).filter(([name, value]) => value !== base[name as keyof Allowance]);
  return differs.length === 0 ? null : Object.fromEntries(differs);
}
