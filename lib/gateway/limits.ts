import { AppError } from '#lib/db/app-error.ts';
import type { LimitedCaller, Refusal } from '#lib/operations/call-limiter.ts';
import { type LimitName, type LimitScope, READS_PER_CALL } from '#lib/workflow/limits.ts';
import { type Place, WHOSE } from './admission.ts';
import { Fault } from './errors.ts';
import type { Caller } from './exchange.ts';

type Asking = Pick<Caller, 'app' | 'project' | 'principal' | 'admissionKey'>;

const WHEN: Record<LimitName, string> = {
  perMinute: 'a minute',
  atOnce: 'at once',
  perDay: 'a day (UTC)',
  perMonth: 'a month (UTC)',
};

/** Who calls, as limits tell callers apart: a person is one through whichever client. Null: without limits. */
export function limitedCaller({ principal, admissionKey }: Asking): LimitedCaller | null {
  switch (principal.type) {
    case 'key':
      return { scope: 'key', subject: `key ${principal.keyId}` };
    case 'grant':
    case 'user':
      return { scope: 'person', subject: `user ${principal.userId}` };
    case 'public':
      return { scope: 'address', subject: admissionKey };
    case 'system':
      return null;
  }
}

/**
 * Counts a call, or a request that only reads; a promise where its limit has to be looked up. Throws Fault 429, which
 * says which limit it is and when it ends.
 */
export function takeCall(asking: Asking, isRead: boolean): void | Promise<void> {
  const caller = limitedCaller(asking);
  if (!caller) return;
  const taken = asking.app.limiter.take(asking.project, caller, isRead);
  if (taken === null) return;
  if (taken instanceof Promise) {
    return taken.then((refusal) => {
      if (refusal) throw limitFault(refusal, isRead);
    });
  }
  throw limitFault(taken, isRead);
}

/** Where a call runs, and how many may run there at once. */
export function placeOf(asking: Asking): Place {
  const { project, admissionKey } = asking;
  const { id, organizationId, limits, ceiling } = project;
  const caller = limitedCaller(asking);
  return {
    caller: caller?.subject ?? admissionKey,
    project: `project ${id}`,
    perProject: limits.project.atOnce ?? undefined,
    ...(caller && { perCaller: limits[caller.scope].atOnce ?? undefined, scope: caller.scope }),
    ...(ceiling.atOnce !== null && {
      organization: `organization ${organizationId}`,
      perOrganization: ceiling.atOnce,
    }),
  };
}

/** Notes, where it is one, that a call was refused because too many are under way. */
export function noteFull(asking: Asking, error: unknown): void {
  const caller = limitedCaller(asking);
  if (!caller || !(error instanceof AppError) || error.code !== 'too_many') return;
  const { of } = error.details['limit'] as { of: LimitScope };
  asking.app.limiter.hit(asking.project, caller, { of, limit: 'atOnce' });
}

function limitFault({ of, limit, allowed, retryAfterMs }: Refusal, isRead: boolean): Fault {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  const what = isRead ? 'requests' : 'calls';
  const most = isRead
    ? `${allowed * READS_PER_CALL} requests`
    : allowed === 1
      ? '1 call'
      : `${allowed} calls`;
  const when =
    limit === 'perMinute' ? `in ${seconds} s` : `after ${new Date(Date.now() + retryAfterMs).toISOString()}`;
  return new Fault(
    'too_many',
    `Too many ${what}: ${WHOSE[of]} may make ${most} ${WHEN[limit]}. Try again ${when}.`,
    {
      headers: { 'retry-after': String(seconds) },
      data: { limit: { of, name: limit, allowed }, retryAfterSeconds: seconds },
    },
  );
}
