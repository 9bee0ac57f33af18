import { describe, expect, it } from 'vitest';
import { matchesRedirect, redirectFault, redirectPlace } from '#lib/auth/oauth/redirects.ts';

describe('addresses that a client may be answered at', () => {
  it.each([
    'https://claude.ai/api/mcp/auth_callback',
    'https://chatgpt.com/connector/oauth/abc',
    'http://localhost:8787/callback',
    'http://127.0.0.1/',
    'http://127.0.0.1:33418',
    'http://[::1]:4000/oauth',
    'cursor://anysphere.cursor-mcp/oauth/callback',
    'com.example.app:/oauth',
    'vscode://vscode.github-authentication/did-authenticate?x=1',
  ])('can be %s', (uri) => {
    expect(redirectFault(uri)).toBeNull();
    expect(matchesRedirect([uri], uri)).toBe(true);
  });

  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'file:///etc/passwd',
    'vbscript:x',
    'blob:https://a.test/x',
    'view-source:https://a.test',
    'intent://scan/#Intent;end',
    'http://a.test/callback',
    'http://127.0.0.1.a.test/callback',
    'http://127.0.0.1:80@a.test/callback',
    'https://user:secret@a.test/callback',
    'https://a.test\\@b.test/callback',
    'https://a.test/callback#x',
    'https://a.test/callback#',
    'https://A.test/callback',
    'HTTPS://a.test/callback',
    'https://a.test:443/callback',
    'https://a.test/x/../callback',
    'https://a.test/x/%2e%2e/callback',
    'https://a.test/call back',
    'https://ä.test/callback',
    'https:a.test/callback',
    '//a.test/callback',
    '/callback',
    'callback',
    '',
    'cursor:',
    'cursor://',
    `https://a.test/${'a'.repeat(1000)}`,
  ])('cannot be %j', (uri) => {
    expect(redirectFault(uri)).toEqual(expect.any(String));
    expect(matchesRedirect([uri], uri)).toBe(false);
  });

  it.each([
    ['http://127.0.0.1/callback', 'http://127.0.0.1:51234/callback'],
    ['http://127.0.0.1:33418/', 'http://127.0.0.1:60000/'],
    ['http://127.0.0.1:33418/', 'http://127.0.0.1:60000'],
    ['http://localhost/callback', 'http://localhost:1/callback'],
    ['http://[::1]/callback', 'http://[::1]:8080/callback'],
  ])('on this computer have any port: %s, %s', (registered, asked) => {
    expect(matchesRedirect([registered], asked)).toBe(true);
  });

  it.each([
    ['https://a.test/callback', 'https://a.test.b.test/callback'],
    ['https://a.test/callback', 'https://b.test/callback'],
    ['https://a.test/callback', 'https://a.test:8443/callback'],
    ['https://a.test/callback', 'https://a.test/callback/'],
    ['https://a.test/callback', 'https://a.test/callback/../other'],
    ['https://a.test/callback', 'https://a.test/callback?next=x'],
    ['https://a.test/callback', 'https://a.test/callback%2f..%2fother'],
    ['https://a.test/callback', 'https://a.test/Callback'],
    ['https://a.test/callback', 'http://a.test/callback'],
    ['https://a.test/callback', 'https://x@a.test/callback'],
    ['https://localhost/callback', 'https://localhost:8443/callback'],
    ['http://127.0.0.1/callback', 'http://localhost/callback'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1/other'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1/callback?x=1'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1:80@b.test/callback'],
    ['http://127.0.0.1/callback', 'http://127.0.0.1.b.test/callback'],
    ['cursor://anysphere.cursor-mcp/oauth/callback', 'cursor://other/oauth/callback'],
  ])('are those that were registered: %s is not %s', (registered, asked) => {
    expect(matchesRedirect([registered], asked)).toBe(false);
    expect(matchesRedirect([registered], registered)).toBe(true);
  });

  it('tell who gets the answer', () => {
    expect(redirectPlace('https://claude.ai/api/mcp/auth_callback')).toEqual({
      kind: 'website',
      host: 'claude.ai',
    });
    expect(redirectPlace('https://a.test:8443/x')).toEqual({ kind: 'website', host: 'a.test:8443' });
    expect(redirectPlace('http://127.0.0.1:5/x')).toEqual({ kind: 'computer', host: '127.0.0.1' });
    expect(redirectPlace('https://localhost:5/x')).toEqual({ kind: 'computer', host: 'localhost' });
    expect(redirectPlace('cursor://anysphere.cursor-mcp/x')).toEqual({ kind: 'app', host: 'cursor' });
  });
});
