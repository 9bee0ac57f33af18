import { describe, expect, it } from 'vitest';
import { firstCallOf } from '#app/connect/first-call.ts';
import type { Client } from '#app/data/types.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 10, 21, 12, 0, second)).toISOString();

function client(id: string, facts: Partial<Client> = {}): Client {
  return {
    id,
    name: id,
    version: '1',
    access: 'key',
    key: null,
    protocol: '2026-07-28',
    firstSeenAt: at(0),
    lastSeenAt: at(1),
    discoveredAt: null,
    listedAt: null,
    calledAt: null,
    requests: 1,
    failures: 0,
    ...facts,
  };
}

const reached = (clients: Client[], before: ReadonlySet<string> | null = null) => {
  const { client: found, refused, discovered, listed, called } = firstCallOf(clients, before);
  return [found?.id ?? null, refused?.id ?? null, discovered, listed, called];
};

describe('the first call', () => {
  it('is waited for step by step', () => {
    expect(reached([])).toEqual([null, null, false, false, false]);
    expect(reached([client('a', { discoveredAt: at(1) })])).toEqual(['a', null, true, false, false]);
    expect(reached([client('a', { discoveredAt: at(1), listedAt: at(2) })])).toEqual([
      'a',
      null,
      true,
      true,
      false,
    ]);
    expect(reached([client('a', { discoveredAt: at(1), listedAt: at(2), calledAt: at(3) })])).toEqual([
      'a',
      null,
      true,
      true,
      true,
    ]);
  });

  it('may come from a program that looks for nothing first', () => {
    expect(reached([client('curl', { calledAt: at(3) })])).toEqual(['curl', null, true, true, true]);
  });

  it('is told of the client that came furthest, and of several that called of the first', () => {
    const listed = client('listed', { listedAt: at(9), lastSeenAt: at(9) });
    const later = client('later', { calledAt: at(8) });
    const first = client('first', { calledAt: at(4) });
    expect(reached([listed, later, first])[0]).toBe('first');
    expect(reached([listed, client('found', { discoveredAt: at(20) })])[0]).toBe('listed');
  });

  it('tells of one that was turned away while none that came later got through', () => {
    const wrong = client('wrong', { access: 'refused', lastSeenAt: at(5) });
    expect(reached([wrong])).toEqual([null, 'wrong', false, false, false]);
    expect(reached([wrong, client('a', { discoveredAt: at(1), lastSeenAt: at(2) })])[1]).toBe('wrong');
    expect(reached([wrong, client('a', { discoveredAt: at(1), lastSeenAt: at(6) })])[1]).toBeNull();
  });

  it('of another client is none of those that were there', () => {
    const old = client('old', { calledAt: at(2) });
    expect(reached([old], new Set(['old']))).toEqual([null, null, false, false, false]);
    expect(reached([old, client('new', { listedAt: at(3) })], new Set(['old']))[0]).toBe('new');
  });
});
