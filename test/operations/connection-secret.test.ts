import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMasterKeys } from '#lib/auth/master-keys.ts';
import { openVault, type Vault } from '#lib/auth/vault.ts';
import { type Database, openDatabase } from '#lib/db/client.ts';
import {
  httpCredential,
  mayReceive,
  sealConnection,
  sealUnbound,
} from '#lib/operations/connection-secret.ts';

let folder: string;
let database: Database;
let vault: Vault;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-secrets-'));
  database = await openDatabase(`file:${join(folder, 'patchbay.db')}`);
  for (const id of ['acme', 'globex'])
    await database.prisma.organization.create({ data: { id, name: id, slug: id } });
  vault = await openVault(database, readMasterKeys({ given: null, previous: [], dataDir: folder }));
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

const place = { organizationId: 'acme', id: 'c1' };
const stored = {
  ...place,
  projectId: 'p',
  name: 'Shop',
  hosts: [],
  preview: '',
  perCaller: false,
  settings: null,
  updatedAt: new Date(0),
};

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
  ] as const)('of type %s become headers', async (type, secret, headers) => {
    const sealed = await sealConnection(vault, place, { type, secret });
    expect(await httpCredential(vault, { ...stored, type, secret: sealed.secret })).toEqual({
      headers,
      query: {},
    });
  });

  it('of type query become a part of the address', async () => {
    const secret = { parameter: 'appid', value: 'abcdefghijkl' };
    const sealed = await sealConnection(vault, place, { type: 'query', secret });
    expect(sealed.preview).toBe('appid=…ijkl');
    expect(await httpCredential(vault, { ...stored, type: 'query', secret: sealed.secret })).toEqual({
      headers: {},
      query: { appid: 'abcdefghijkl' },
    });
  });

  it('show no more than their end', async () => {
    const { preview, secret } = await sealConnection(vault, place, {
      type: 'bearer',
      secret: { token: 'abcdefghijkl' },
    });
    expect(preview).toBe('…ijkl');
    expect(secret).not.toContain('abcdef');
    expect((await sealConnection(vault, place, { type: 'bearer', secret: { token: 'short' } })).preview).toBe(
      '…',
    );
  });

  it('do not open in another organization', async () => {
    const { secret } = await sealConnection(vault, place, {
      type: 'bearer',
      secret: { token: 'abcdefghijkl' },
    });
    const moved = { ...stored, organizationId: 'globex', type: 'bearer', secret } as const;
    await expect(httpCredential(vault, moved)).rejects.toThrow('another organization');
  });

  it('of an imported connection are missing until somebody enters them', async () => {
    const secret = await sealUnbound(vault, place);
    expect(await httpCredential(vault, { ...stored, type: 'bearer', secret })).toBeNull();
  });

  it('of the wrong type are refused', async () => {
    await expect(sealConnection(vault, place, { type: 'basic', secret: { token: 'x' } })).rejects.toThrow(
      'username and password',
    );
  });
});
