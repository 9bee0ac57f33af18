import { describe, expect, it } from 'vitest';
import { EnvError, parseEnv } from '#lib/operations/env.ts';

const key = Buffer.alloc(32, 7).toString('base64');

describe('environment', () => {
  it('has a default for everything', () => {
    const env = parseEnv({});
    expect(env).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      publicUrl: 'http://localhost:3000',
      role: 'all',
      admin: null,
      egressAllow: [],
      encryptionKey: null,
    });
    expect(env.databaseUrl).toBe(`file:${env.dataDir}/patchbay.db`);
  });

  it('takes an empty variable as unset', () => {
    expect(parseEnv({ PORT: '', PUBLIC_URL: '' }).port).toBe(3000);
  });

  it('lists everything that is wrong at once', () => {
    const start = () =>
      parseEnv({ PORT: 'http', PUBLIC_URL: 'patchbay.example', ENCRYPTION_KEY: 'short', ROLE: 'both' });
    expect(start).toThrow(EnvError);
    for (const name of ['PORT', 'PUBLIC_URL', 'ENCRYPTION_KEY', 'ROLE']) expect(start).toThrow(name);
  });

  it('refuses http where others can reach it, unless told otherwise', () => {
    expect(() => parseEnv({ PUBLIC_URL: 'http://patchbay.example' })).toThrow('PATCHBAY_ALLOW_HTTP');
    expect(parseEnv({ PUBLIC_URL: 'http://patchbay.example', PATCHBAY_ALLOW_HTTP: '1' }).publicUrl).toBe(
      'http://patchbay.example',
    );
    expect(parseEnv({ PUBLIC_URL: 'https://patchbay.example' }).publicUrl).toBe('https://patchbay.example');
  });

  it('wants one encryption key for all replicas of a shared database', () => {
    const shared = { DATABASE_URL: 'postgres://db/patchbay' };
    expect(() => parseEnv(shared)).toThrow('ENCRYPTION_KEY');
    expect(parseEnv({ ...shared, ENCRYPTION_KEY: key }).encryptionKey).toBe(key);
  });

  it('wants a mail server and a sender together, and of the right form', () => {
    const server = { SMTP_URL: 'smtp://u:p@mail.example.com:587' };
    expect(parseEnv({}).mail).toBeNull();
    expect(() => parseEnv(server)).toThrow('both or neither');
    expect(() => parseEnv({ SMTP_URL: 'https://mail.example.com', MAIL_FROM: 'a@example.com' })).toThrow(
      'SMTP_URL',
    );
    expect(() => parseEnv({ ...server, MAIL_FROM: 'Patchbay\nBcc: x@example.com' })).toThrow('MAIL_FROM');
    expect(parseEnv({ ...server, MAIL_FROM: 'Patchbay <patchbay@example.com>' }).mail).toEqual({
      url: server.SMTP_URL,
      from: 'Patchbay <patchbay@example.com>',
    });
  });

  it('wants e-mail and password of the first owner together', () => {
    expect(() => parseEnv({ PATCHBAY_ADMIN_EMAIL: 'ada@example.com' })).toThrow('both or neither');
    expect(
      parseEnv({ PATCHBAY_ADMIN_EMAIL: 'ada@example.com', PATCHBAY_ADMIN_PASSWORD: 'twelve or more' }).admin,
    ).toEqual({ email: 'ada@example.com', password: 'twelve or more' });
  });
});
