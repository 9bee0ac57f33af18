import { describe, expect, it } from 'vitest';
import { AppError } from '#lib/db/app-error.ts';
import { Admission } from '#lib/gateway/admission.ts';

const LIMITS = { perCaller: 2, perProject: 3, perProcess: 4, queue: 1, maxWaitMs: 20 };
const at = (caller: string, project: string) => ({ caller, project });
const forever = new AbortController().signal;

async function refusal(promise: Promise<void>): Promise<string> {
  try {
    await promise;
    return 'admitted';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

describe('admission', () => {
  it('counts by caller, by project and for all', () => {
    const admission = new Admission(LIMITS);
    expect(admission.tryEnter(at('a', 'p'))).toBe(true);
    expect(admission.tryEnter(at('a', 'p'))).toBe(true);
    expect(admission.tryEnter(at('a', 'p')), 'the caller has its two').toBe(false);
    expect(admission.tryEnter(at('b', 'p'))).toBe(true);
    expect(admission.tryEnter(at('c', 'p')), 'the project has its three').toBe(false);
    expect(admission.tryEnter(at('c', 'q'))).toBe(true);
    expect(admission.tryEnter(at('d', 'r')), 'the process has its four').toBe(false);
    admission.leave(at('a', 'p'));
    expect(admission.tryEnter(at('d', 'r'))).toBe(true);
    expect(admission.running).toBe(4);
  });

  it('lets those who wait in as others leave, in their order', async () => {
    const admission = new Admission({ ...LIMITS, maxWaitMs: 10_000 });
    admission.tryEnter(at('a', 'p'));
    admission.tryEnter(at('a', 'p'));
    const order: string[] = [];
    const first = admission.enter(at('a', 'p'), forever).then(() => order.push('first'));
    const second = admission.enter(at('a', 'p'), forever).then(() => order.push('second'));
    admission.leave(at('a', 'p'));
    admission.leave(at('a', 'p'));
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
    expect(admission.running).toBe(2);
  });

  it('does not let one that cannot run keep others waiting', async () => {
    const admission = new Admission({ ...LIMITS, maxWaitMs: 10_000 });
    for (const [caller, project] of [
      ['a', 'p'],
      ['a', 'p'],
      ['b', 'q'],
      ['b', 'q'],
    ] as const) {
      admission.tryEnter(at(caller, project));
    }
    const stop = new AbortController();
    const blocked = refusal(admission.enter(at('a', 'p'), stop.signal));
    const other = admission.enter(at('c', 'r'), forever);
    admission.leave(at('b', 'q'));
    await other;
    expect(admission.running).toBe(4);
    stop.abort();
    expect(await blocked).toBe('unavailable');
  });

  it('says who is to blame when the wait is over: the caller, or the server', async () => {
    const admission = new Admission(LIMITS);
    admission.tryEnter(at('a', 'p'));
    admission.tryEnter(at('a', 'p'));
    expect(await refusal(admission.enter(at('a', 'p'), forever))).toBe('too_many');
    admission.tryEnter(at('b', 'q'));
    admission.tryEnter(at('c', 'q'));
    expect(await refusal(admission.enter(at('d', 'r'), forever))).toBe('unavailable');
  });

  it('refuses at once when too many wait already', async () => {
    const admission = new Admission({ ...LIMITS, maxWaitMs: 10_000 });
    admission.tryEnter(at('a', 'p'));
    admission.tryEnter(at('a', 'p'));
    const stop = new AbortController();
    const waiting = [0, 1].map(() => refusal(admission.enter(at('a', 'p'), stop.signal)));
    expect(await refusal(admission.enter(at('a', 'p'), forever))).toBe('too_many');
    stop.abort();
    expect(await Promise.all(waiting)).toEqual(['unavailable', 'unavailable']);
  });

  it('forgets callers that have left', async () => {
    const admission = new Admission(LIMITS);
    for (let call = 0; call < 100; call++) {
      expect(admission.tryEnter(at(`caller ${call}`, 'p'))).toBe(true);
      admission.leave(at(`caller ${call}`, 'p'));
    }
    expect(admission.running).toBe(0);
  });
});
