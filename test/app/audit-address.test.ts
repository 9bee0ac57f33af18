import { describe, expect, it } from 'vitest';
import { exportAddress, readFilter } from '#app/(app)/organization/audit/audit-address.ts';

const filterOf = (search: string) => readFilter(new URLSearchParams(search), Date.UTC(2026, 0, 2));

describe('the address of the audit log', () => {
  it('says what is shown', () => {
    expect(
      filterOf('about=tool&actor=u1&project=p1&tool=refund&client=claude-code&outcome=failed&since=day'),
    ).toEqual({
      about: 'tool',
      actor: 'u1',
      projectId: 'p1',
      tool: 'refund',
      client: 'claude-code',
      outcome: 'failed',
      from: '2026-01-01T00:00:00.000Z',
    });
  });

  it('leaves out what it cannot mean', () => {
    expect(
      filterOf(`about=__proto__&outcome=constructor&since=toString&tool=&actor=${'x'.repeat(65)}`),
    ).toEqual({});
  });

  it('leads to a file of the same events', () => {
    expect(exportAddress(filterOf('tool=a%26b'), 'otlp')).toBe('/api/v1/audit/export?tool=a%26b&format=otlp');
  });
});
