import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setupToken } from '#lib/auth/setup-token.ts';
import { sha256 } from '#lib/db/check.ts';
import { Browser, PASSWORD, startTestServer, type TestServer } from './server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const ada = { email: 'ada@example.com', password: PASSWORD };

describe('set-up', () => {
  it('signs the first owner in, and shows a project that is live', async () => {
    const { body } = await server.owner.get('/session');
    expect(body).toMatchObject({
      user: { name: 'Ada', email: 'ada@example.com' },
      organization: { name: 'Acme' },
      role: 'owner',
    });
    const projects = await server.owner.get('/projects');
    expect(projects.body.items).toMatchObject([{ slug: 'starter', release: 1, workflowCount: 1 }]);
  });

  it('happens once', async () => {
    const { body: state } = await server.browser().get('/setup');
    expect(state).toEqual({ needed: false });
    const again = await server.browser().post('/setup', {
      ...ada,
      email: 'eve@example.com',
      name: 'Eve',
      organization: 'Evil',
      token: setupToken(server.app.secrets),
    });
    expect(again).toMatchObject({ status: 410, body: { code: 'gone' } });
  });

  it('wants the link of the server', async () => {
    const fresh = await startTestServer({}, { setUp: false });
    expect((await fresh.owner.get('/setup')).body).toEqual({ needed: true });
    const owner = { ...ada, name: 'Ada', organization: 'Acme' };
    const guessed = await fresh.owner.post('/setup', { ...owner, token: 'guess' });
    expect(guessed).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await fresh.owner.get('/projects')).status).toBe(401);
    const right = await fresh.owner.post('/setup', { ...owner, token: setupToken(fresh.app.secrets) });
    expect(right.status).toBe(201);
    expect((await fresh.owner.get('/projects')).status).toBe(200);
    await fresh.close();
  });

  it('is done without a browser where the environment names the owner', async () => {
    const env = { PATCHBAY_ADMIN_EMAIL: 'root@example.com', PATCHBAY_ADMIN_PASSWORD: PASSWORD };
    const unattended = await startTestServer(env, { setUp: false });
    expect((await unattended.owner.get('/setup')).body).toEqual({ needed: false });
    const { status } = await unattended.owner.post('/session', {
      email: 'root@example.com',
      password: PASSWORD,
    });
    expect(status).toBe(201);
    await unattended.close();
  });
});

describe('sign-in', () => {
  it('gives a cookie that scripts cannot read', async () => {
    const { status, headers } = await server.browser().post('/session', ada);
    expect(status).toBe(201);
    const cookie = headers.getSetCookie()[0]!;
    expect(cookie).toMatch(/^patchbay=.+; .*HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
    expect(cookie).toMatch(/Path=\//i);
  });

  it('takes the address however it is written', async () => {
    expect((await server.browser().post('/session', { ...ada, email: 'ADA@example.com' })).status).toBe(201);
  });

  it('says the same for a wrong password and a wrong account', async () => {
    const wrong = await server.browser().post('/session', { ...ada, password: 'something else' });
    const unknown = await server.browser().post('/session', { ...ada, email: 'nobody@example.com' });
    const none = await server.browser().post('/session', { ...ada, email: 'no address' });
    for (const answer of [wrong, unknown, none]) {
      expect(answer.status).toBe(401);
      expect(answer.body.detail).toBe(wrong.body.detail);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
  });

  it('ends with sign-out, for the cookie too', async () => {
    const browser = server.browser();
    await browser.post('/session', ada);
    const stolen = Object.assign(server.browser(), { cookie: browser.cookie });
    expect((await stolen.get('/session')).status).toBe(200);
    expect((await browser.delete('/session')).status).toBe(204);
    expect((await stolen.get('/session')).status).toBe(401);
  });

  it('does not take a cookie that somebody made up', async () => {
    const browser = server.browser();
    await browser.post('/session', ada);
    const value = decodeURIComponent(browser.cookie.slice('patchbay='.length));
    const [token] = value.split('.');
    for (const forged of ['', token!, `${token}.${'A'.repeat(43)}=`, `x${value}`]) {
      const answer = await Object.assign(server.browser(), {
        cookie: `patchbay=${encodeURIComponent(forged)}`,
      }).get('/session');
      expect(answer.status).toBe(401);
    }
  });

  it('never takes a session as a bearer, nor a key as a session', async () => {
    const { body: key } = await server.owner.post('/projects/starter/keys', { name: 'k' });
    const bearer = { authorization: `Bearer ${key.secret}` };
    expect((await server.browser().send('GET', '/projects', undefined, bearer)).status).toBe(401);
  });

  it('ends 30 days after it began, however often it is used', async () => {
    const browser = server.browser();
    await browser.post('/session', ada);
    const held = decodeURIComponent(browser.cookie.slice('patchbay='.length)).split('.')[0]!;
    const token = sha256(held);
    const days = (count: number) => new Date(Date.now() - count * 86_400_000);
    await server.app.db.prisma.session.updateMany({ where: { token }, data: { createdAt: days(29) } });
    expect((await browser.get('/session')).status).toBe(200);
    await server.app.db.prisma.session.updateMany({ where: { token }, data: { createdAt: days(30.1) } });
    expect((await browser.get('/session')).status).toBe(401);
    expect(await server.app.db.prisma.session.count({ where: { token } })).toBe(0);
  });

  it('is refused after ten wrong tries, for the account and from the address', async () => {
    const own = await startTestServer();
    const browser = new Browser(own.url);
    const statuses: number[] = [];
    for (let count = 0; count < 11; count += 1) {
      statuses.push(
        (await browser.post('/session', { email: `x${count}@example.com`, password: 'wrong' })).status,
      );
    }
    expect(statuses).toEqual([...Array(10).fill(401), 429]);
    const refused = await browser.post('/session', ada);
    expect(refused).toMatchObject({ status: 429, body: { code: 'too_many' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(800);
    await own.close();
  });
});

describe('cookies over https', () => {
  it('are bound to the host', async () => {
    const secure = await startTestServer({ PUBLIC_URL: 'https://patchbay.example' });
    const answer = await secure.browser().send('POST', '/session', ada, {
      origin: 'https://patchbay.example',
      'x-forwarded-for': '203.0.113.9',
    });
    // Set-up went through the address of the machine; there the owner exists too.
    expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-patchbay=.*; (.*; )?Secure/i);
    expect(answer.headers.getSetCookie()[0]).not.toMatch(/Domain/i);
    await secure.close();
  });
});

describe('the edge', () => {
  it('refuses changes from other sites', async () => {
    const send = (headers: Record<string, string>) =>
      server.owner.send('POST', '/projects', { name: 'Cross' }, headers);
    for (const origin of ['https://evil.test', 'null', `${server.url}.evil.test`, 'http://127.0.0.1:1']) {
      expect(await send({ origin }), origin).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    }
    expect((await send({})).status).toBe(201);
  });

  it('takes a request without Origin only where the browser vouches for it', async () => {
    const send = (extra: Record<string, string>) =>
      fetch(`${server.url}/api/v1/projects`, {
        method: 'POST',
        headers: { cookie: server.owner.cookie, 'content-type': 'application/json', ...extra },
        body: JSON.stringify({ name: 'No origin' }),
      });
    expect((await send({})).status).toBe(403);
    expect((await send({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  it('does not answer to a name that is not its own', async () => {
    const status = await new Promise((resolve, reject) => {
      const { port } = new URL(server.url);
      const headers = { host: 'rebound.evil.test', cookie: server.owner.cookie };
      request({ host: '127.0.0.1', port, path: '/api/v1/projects', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(421);
  });

  it('is no proxy', async () => {
    const status = await new Promise((resolve, reject) => {
      const { port } = new URL(server.url);
      request({ host: '127.0.0.1', port, path: 'http://example.com/' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(400);
  });

  it('takes JSON and nothing a form could send', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      const answer = await server.owner.send('POST', '/projects', '{"name":"Form"}', {
        'content-type': type,
      });
      expect(answer, type).toMatchObject({ status: 415, body: { code: 'unsupported_media' } });
    }
  });

  it('refuses a body that is too large, broken or not what was asked for', async () => {
    const big = await server.owner.post('/projects', { name: 'x'.repeat(5 * 1024 * 1024) });
    expect(big).toMatchObject({ status: 413, body: { code: 'too_large' } });
    const broken = await server.owner.send('POST', '/projects', '{"name":', {
      'content-type': 'application/json',
    });
    expect(broken).toMatchObject({
      status: 400,
      body: { code: 'bad_request', detail: 'The body is not JSON.' },
    });
    const wrong = await server.owner.post('/projects', { name: 'x', colour: 'red' });
    expect(wrong.status).toBe(400);
    expect(wrong.body.detail).toContain('colour');
  });

  it('answers errors as problems, with the id the log has', async () => {
    const answer = await server.owner.get('/projects/nowhere');
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toEqual({
      type: 'about:blank',
      title: 'Not found',
      status: 404,
      detail: 'There is no such project.',
      code: 'not_found',
      requestId: answer.headers.get('x-request-id'),
    });
  });

  it('keeps answers out of caches, frames and other sites', async () => {
    const { headers } = await server.owner.get('/projects');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('x-powered-by')).toBeNull();
  });
});
