import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
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

  it('let no style element be but those of this answer, and the sheet of the toasts', () => {
    const policy = policyOf({ nonce: 'abc', dev: false, https: false });
    const sha256 = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const source = readFileSync('node_modules/sonner/dist/index.mjs', 'utf8');
    const [, sheet = ''] = /__insertCSS\(("(?:[^"\\]|\\.)*")\)/.exec(source) ?? [];
    expect(policy['style-src-elem']).toEqual([
      "'self'",
      "'nonce-abc'",
      sha256(JSON.parse(sheet) as string),
      sha256(''),
    ]);
    expect(policy['style-src-attr']).toEqual(["'unsafe-inline'"]);
  });

  it('allow evaluation in development alone, and ask for https where it is served', () => {
    expect(policyOf({ nonce: 'abc', dev: true, https: false })['script-src']).toContain("'unsafe-eval'");
    expect(pageHeaders({ nonce: 'a', dev: false, https: false })).not.toHaveProperty(
      'Strict-Transport-Security',
    );
    expect(pageHeaders({ nonce: 'a', dev: false, https: true })).toHaveProperty('Strict-Transport-Security');
  });
});
