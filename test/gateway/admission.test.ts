import { describe, expect, it } from 'vitest';
import { AppError } from '#lib/db/app-error.ts';
import { Admission } from '#lib/gateway/admission.ts';

const LIMITS = { perCaller: 2, perProject: 3, perProcess: 4, queue: 1, maxWaitMs: 20 };
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
    expect(admission.tryEnter('a', 'p')).toBe(true);
    expect(admission.tryEnter('a', 'p')).toBe(true);
    expect(admission.tryEnter('a', 'p'), 'the caller has its two').toBe(false);
    expect(admission.tryEnter('b', 'p')).toBe(true);
    expect(admission.tryEnter('c', 'p'), 'the project has its three').toBe(false);
    expect(admission.tryEnter('c', 'q')).toBe(true);
    expect(admission.tryEnter('d', 'r'), 'the process has its four').toBe(false);
    admission.leave('a', 'p');
    expect(admission.tryEnter('d', 'r')).toBe(true);
    expect(admission.running).toBe(4);
  });

  it('lets those who wait in as others leave, in their order', async () => {
    const admission = new Admission({ ...LIMITS, maxWaitMs: 10_000 });
    admission.tryEnter('a', 'p');
    admission.tryEnter('a', 'p');
    const order: string[] = [];
    const first = admission.enter('a', 'p', forever).then(() => order.push('first'));
    const second = admission.enter('a', 'p', forever).then(() => order.push('second'));
    admission.leave('a', 'p');
    admission.leave('a', 'p');
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
      admission.tryEnter(caller, project);
    }
    const stop = new AbortController();
    const blocked = refusal(admission.enter('a', 'p', stop.signal));
    const other = admission.enter('c', 'r', forever);
    admission.leave('b', 'q');
    await other;
    expect(admission.running).toBe(4);
    stop.abort();
    expect(await blocked).toBe('unavailable');
  });

  it('says who is to blame when the wait is over: the caller, or the server', async () => {
    const admission = new Admission(LIMITS);
    admission.tryEnter('a', 'p');
    admission.tryEnter('a', 'p');
    expect(await refusal(admission.enter('a', 'p', forever))).toBe('too_many');
    admission.tryEnter('b', 'q');
    admission.tryEnter('c', 'q');
    expect(await refusal(admission.enter('d', 'r', forever))).toBe('unavailable');
  });

  it('refuses at once when too many wait already', async () => {
    const admission = new Admission({ ...LIMITS, maxWaitMs: 10_000 });
    admission.tryEnter('a', 'p');
    admission.tryEnter('a', 'p');
    const stop = new AbortController();
    const waiting = [0, 1].map(() => refusal(admission.enter('a', 'p', stop.signal)));
    expect(await refusal(admission.enter('a', 'p', forever))).toBe('too_many');
    stop.abort();
    expect(await Promise.all(waiting)).toEqual(['unavailable', 'unavailable']);
  });

  it('forgets callers that have left', async () => {
    const admission = new Admission(LIMITS);
    for (let call = 0; call < 100; call++) {
      expect(admission.tryEnter(`caller ${call}`, 'p')).toBe(true);
      admission.leave(`caller ${call}`, 'p');
    }
    expect(admission.running).toBe(0);
  });
});
