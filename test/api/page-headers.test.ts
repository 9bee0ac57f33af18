import { describe, expect, it } from 'vitest';
import { pageHeaders } from '../../workers/page-headers.ts';

describe('headers of pages', () => {
  const policyOf = (options: Parameters<typeof pageHeaders>[0]) =>
    Object.fromEntries(
      pageHeaders(options)
        ['Content-Security-Policy']!.split('; ')
        .map((directive) => {
          const [name, ...values] = directive.split(' ');
          return [name, values];
        }),
    );

  it('let no script run but those of this answer', () => {
    const policy = policyOf({ nonce: 'abc', dev: false, https: false });
    expect(policy['script-src']).toEqual(["'self'", "'nonce-abc'", "'strict-dynamic'"]);
    expect(policy['default-src']).toEqual(["'self'"]);
    expect(policy['object-src']).toEqual(["'none'"]);
    expect(policy['base-uri']).toEqual(["'none'"]);
    expect(policy['frame-ancestors']).toEqual(["'none'"]);
    expect(policy['connect-src']).toEqual(["'self'"]);
  });

  it('allow evaluation in development alone, and ask for https where it is served', () => {
    expect(policyOf({ nonce: 'abc', dev: true, https: false })['script-src']).toContain("'unsafe-eval'");
    expect(pageHeaders({ nonce: 'a', dev: false, https: false })).not.toHaveProperty(
      'Strict-Transport-Security',
    );
    expect(pageHeaders({ nonce: 'a', dev: false, https: true })).toHaveProperty('Strict-Transport-Security');
  });
});
