import { describe, expect, it } from 'vitest';
import { createSecrets } from '#lib/auth/sealing.ts';
import {
  httpCredential,
  mayReceive,
  sealConnection,
  sealUnbound,
} from '#lib/operations/connection-secret.ts';

const secrets = createSecrets(Buffer.alloc(32, 3));
const place = { organizationId: 'acme', id: 'c1' };
const stored = { ...place, projectId: 'p', name: 'Shop', hosts: [], preview: '', updatedAt: new Date(0) };

describe('hosts of a connection', () => {
  it.each([
    ['https://api.example.com/orders', ['api.example.com'], true],
    ['https://API.example.com/', ['api.example.com'], true],
    ['https://api.example.com:8443/', ['api.example.com:8443'], true],
    ['https://a.example.com/', ['*.example.com'], true],
    ['http://localhost:8080/', ['localhost:8080'], true],
    ['https://api.example.com:8443/', ['api.example.com'], false],
    ['http://api.example.com/', ['api.example.com'], false],
    ['https://example.com/', ['*.example.com'], false],
    ['https://notexample.com/', ['*.example.com'], false],
    ['https://api.example.com.evil.test/', ['api.example.com'], false],
    ['https://api.example.com@evil.test/', ['api.example.com'], false],
    ['https://evil.test/?api.example.com', ['api.example.com'], false],
    ['ftp://api.example.com/', ['api.example.com'], false],
    ['nonsense', ['api.example.com'], false],
  ])('%s with %j: %s', (address, hosts, expected) => {
    expect(mayReceive(hosts, address)).toBe(expected);
  });
});

describe('credentials', () => {
  it.each([
    ['bearer', { token: 'abcdefghijkl' }, { authorization: 'Bearer abcdefghijkl' }],
    [
      'basic',
      { username: 'ada', password: 'löve' },
      { authorization: `Basic ${Buffer.from('ada:löve').toString('base64')}` },
    ],
    ['header', { header: 'X-Key', value: 'k' }, { 'X-Key': 'k' }],
  ] as const)('of type %s become headers', (type, secret, headers) => {
    const sealed = sealConnection(secrets, place, { type, secret });
    expect(httpCredential(secrets, { ...stored, type, secret: sealed.secret })).toEqual({
      headers,
      query: {},
    });
  });

  it('of type query become a part of the address', () => {
    const secret = { parameter: 'appid', value: 'abcdefghijkl' };
    const sealed = sealConnection(secrets, place, { type: 'query', secret });
    expect(sealed.preview).toBe('appid=…ijkl');
    expect(httpCredential(secrets, { ...stored, type: 'query', secret: sealed.secret })).toEqual({
      headers: {},
      query: { appid: 'abcdefghijkl' },
    });
  });

  it('show no more than their end', () => {
    const { preview, secret } = sealConnection(secrets, place, {
      type: 'bearer',
      secret: { token: 'abcdefghijkl' },
    });
    expect(preview).toBe('…ijkl');
    expect(secret).not.toContain('abcdef');
    expect(sealConnection(secrets, place, { type: 'bearer', secret: { token: 'short' } }).preview).toBe('…');
  });

  it('do not open in another organization', () => {
    const { secret } = sealConnection(secrets, place, { type: 'bearer', secret: { token: 'abcdefghijkl' } });
    expect(() =>
      httpCredential(secrets, { ...stored, organizationId: 'globex', type: 'bearer', secret }),
    ).toThrow();
  });

  it('of an imported connection are missing until somebody enters them', () => {
    const secret = sealUnbound(secrets, place);
    expect(httpCredential(secrets, { ...stored, type: 'bearer', secret })).toBeNull();
  });

  it('of the wrong type are refused', () => {
    expect(() => sealConnection(secrets, place, { type: 'basic', secret: { token: 'x' } })).toThrow(
      'username and password',
    );
  });
});
