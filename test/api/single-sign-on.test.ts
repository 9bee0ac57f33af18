import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type IdentityProvider, startIdentityProvider } from '#test/support/identity-provider.ts';
import { type Answer, type Browser, PASSWORD, startTestServer, type TestServer } from './server.ts';

let server: TestServer;
let provider: IdentityProvider;
/** The redirect address has the name that people use; this test reaches the server by another one. */
const right = () => ({
  name: 'Acme login',
  issuer: provider.issuer,
  clientId: provider.clientId,
  clientSecret: provider.clientSecret,
  domains: ['acme.example'],
  defaultRole: 'editor',
  passwords: true,
});

beforeAll(async () => {
  [server, provider] = await Promise.all([startTestServer(), startIdentityProvider()]);
  const saved = await server.owner.put('/organization/single-sign-on', right());
  expect(saved.status).toBe(200);
});
afterAll(() => Promise.all([server.close(), provider.close()]));

let subject = 0;
beforeEach(() => {
  subject += 1;
  // What fails here on purpose comes from one address.
  server.app.attempts.clear('sso from 127.0.0.1');
  Object.assign(provider, {
    signature: 'right',
    refuses: false,
    userInfo: null,
    claims: (claims: object) => claims,
  });
  const name = `person${subject}`;
  provider.person = { sub: name, email: `${name}@acme.example`, email_verified: true, name };
});

async function slug(): Promise<string> {
  const { body } = await server.owner.get('/organization/sign-in');
  return (body.signInLink as string).split('/').at(-1)!;
}

/** Goes to the provider; answers where that sends the browser back to. */
async function visit(browser: Browser, next?: string): Promise<string> {
  const start = await browser.post('/session/sso', { organization: await slug(), next });
  expect(start.status).toBe(201);
  const there = await fetch(start.body.url, { redirect: 'manual' });
  return there.headers.get('location')!;
}

/** Comes back with it. */
function comeBack(browser: Browser, location: string): Promise<Answer> {
  return browser.send('GET', `/session/sso/callback${new URL(location).search}`);
}

async function signOn(browser: Browser, next?: string): Promise<string> {
  const answer = await comeBack(browser, await visit(browser, next));
  expect(answer.status).toBe(302);
  return answer.headers.get('location')!;
}

describe('single sign-on', () => {
  it('lets a new person in as a member, and knows them again', async () => {
    const browser = server.browser();
    expect(await signOn(browser, '/projects/starter?tab=runs')).toBe('/projects/starter?tab=runs');
    const first = await browser.get('/session');
    expect(first.body).toMatchObject({ user: { name: provider.person.name }, role: 'editor' });
    const visited = provider.visits.at(-1)!;
    expect(visited.get('code_challenge_method')).toBe('S256');
    expect(visited.get('redirect_uri')).toBe(`${server.app.env.publicUrl}/api/v1/session/sso/callback`);

    const again = server.browser();
    // The address may change; the subject does not.
    provider.person = { ...provider.person, email: 'renamed@acme.example' };
    await signOn(again);
    expect((await again.get('/session')).body.user.id).toBe(first.body.user.id);
    const { items } = (await again.get('/account/sessions')).body;
    expect(items.map(({ via }: { via: string }) => via)).toEqual(['sso', 'sso']);
  });

  it('is the way of a member whose address it vouches for, with their role', async () => {
    await server.person('Mia', { role: 'viewer' });
    await server.owner.put('/organization/single-sign-on', {
      ...right(),
      domains: ['acme.example', 'example.com'],
    });
    provider.person = { ...provider.person, email: 'mia@example.com' };
    const browser = server.browser();
    await signOn(browser);
    expect((await browser.get('/session')).body).toMatchObject({ user: { name: 'Mia' }, role: 'viewer' });
  });

  const lies: Record<string, () => void> = {
    'another nonce': () => (provider.claims = (claims) => ({ ...claims, nonce: 'another' })),
    'no nonce': () => (provider.claims = ({ nonce: _, ...claims }) => claims),
    'another issuer': () => (provider.claims = (claims) => ({ ...claims, iss: 'https://evil.example' })),
    'another audience': () => (provider.claims = (claims) => ({ ...claims, aud: 'somebody else' })),
    'an end that is over': () => (provider.claims = (claims) => ({ ...claims, exp: 1_700_000_000 })),
    'no signature': () => (provider.signature = 'none'),
    'a signature by the client secret': () => (provider.signature = 'secret'),
    'a signature by another key': () => (provider.signature = 'other key'),
  };
  it.each(Object.keys(lies))('believes no token with %s', async (lie) => {
    const browser = server.browser();
    lies[lie]!();
    expect(await signOn(browser)).toBe('/sign-in?refused=invalid');
    expect((await browser.get('/session')).status).toBe(401);
    // The same person, told rightly.
    Object.assign(provider, { signature: 'right', claims: (claims: object) => claims });
    expect(await signOn(browser)).toBe('/projects');
    expect((await browser.get('/session')).status).toBe(200);
  });

  it('wants a verified address of an allowed domain', async () => {
    const { person } = provider;
    const cases = [
      [{ email_verified: false }, 'unverified'],
      [{ email_verified: undefined }, 'unverified'],
      [{ email_verified: 'true' }, 'unverified'],
      [{ email: undefined }, 'unverified'],
      [{ email: 'x@evil.example' }, 'domain'],
      [{ email: 'x@acme.example.evil.example' }, 'domain'],
      [{ email: 'x@acme.example@evil.example' }, 'domain'],
    ] as const;
    for (const [changes, why] of cases) {
      provider.person = { ...person, ...(changes as object) };
      expect(await signOn(server.browser()), JSON.stringify(changes)).toBe(`/sign-in?refused=${why}`);
    }
    provider.person = person;
    expect(await signOn(server.browser())).toBe('/projects');
  });

  it('asks for the address where the token does not carry it, and takes nobody else’s', async () => {
    provider.userInfo = { ...provider.person, sub: 'somebody else' };
    expect(await signOn(server.browser())).toBe('/sign-in?refused=invalid');
    provider.userInfo = { ...provider.person, email_verified: false };
    expect(await signOn(server.browser())).toBe('/sign-in?refused=unverified');
    provider.userInfo = provider.person;
    const browser = server.browser();
    expect(await signOn(browser)).toBe('/projects');
    expect((await browser.get('/session')).body.user.email).toBe(provider.person.email);
  });

  it('takes a state once, and from the browser that it was given to', async () => {
    const browser = server.browser();
    const location = await visit(browser);
    // A page that makes somebody else's browser finish it: they would be signed in as the attacker.
    expect((await comeBack(server.browser(), location)).headers.get('location')).toBe(
      '/sign-in?refused=expired',
    );
    const { cookie } = browser;
    expect((await comeBack(browser, location)).headers.get('location')).toBe('/projects');
    const replay = Object.assign(server.browser(), { cookie });
    expect((await comeBack(replay, location)).headers.get('location')).toBe('/sign-in?refused=expired');
    const made = `${location.split('?')[0]}?code=x&state=made-up`;
    expect((await comeBack(browser, made)).headers.get('location')).toBe('/sign-in?refused=expired');
  });

  it('goes nowhere but to a path of its own afterwards', async () => {
    for (const next of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
      '/\t/evil.example',
    ]) {
      expect(await signOn(server.browser(), next), next).toBe('/projects');
    }
    expect(await signOn(server.browser(), '/account')).toBe('/account');
  });

  it('says why, where the provider says no', async () => {
    provider.refuses = true;
    expect(await signOn(server.browser())).toBe('/sign-in?refused=refused');
  });

  it('opens no account of that address that is no member: somebody else may have made it', async () => {
    await server.person('Eve', { organization: 'Globex' });
    await server.owner.put('/organization/single-sign-on', {
      ...right(),
      domains: ['acme.example', 'example.com'],
    });
    provider.person = { ...provider.person, email: 'eve@example.com' };
    expect(await signOn(server.browser())).toBe('/sign-in?refused=not_member');
  });

  it('opens its own organization alone', async () => {
    const person = await server.person('Zoe', { role: 'viewer' });
    const { members } = (await import('#lib/db/repository.ts')).repository(server.app.db, { type: 'system' });
    const { user } = (await person.get('/session')).body;
    const other = await members.createOrganization({ name: 'Other', slug: 'other', ownerId: user.id });
    provider.person = { ...provider.person, email: 'zoe@example.com' };
    const browser = server.browser();
    await signOn(browser);
    expect((await browser.get('/session')).body.organization.name).toBe('Acme');
    const mine = (await browser.get('/account/sessions')).body.items;
    expect(mine.map(({ via }: { via: string }) => via)).toEqual(['sso']);
    // Out of Acme, the session opens nothing, though Zoe owns another organization.
    await server.app.db.prisma.member.deleteMany({
      where: { userId: user.id, organizationId: { not: other.id } },
    });
    expect((await browser.get('/session')).status).toBe(401);
    expect((await person.get('/session')).body.organization.name).toBe('Other');
    expect(await signOn(server.browser())).toBe('/sign-in?refused=removed');
  });
});

describe('its settings', () => {
  it('give the client secret to nobody', async () => {
    const answers = [
      await server.owner.put('/organization/single-sign-on', right()),
      await server.owner.get('/organization/sign-in'),
      await server.owner.get('/audit'),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(JSON.stringify(body)).not.toContain(provider.clientSecret);
    }
    const row = await server.app.db.prisma.singleSignOn.findFirst();
    expect(row?.clientSecret).toMatch(/^v2\./);
    // Left out, it stays.
    const { clientSecret: _, ...rest } = right();
    expect((await server.owner.put('/organization/single-sign-on', rest)).status).toBe(200);
    expect(await signOn(server.browser())).toBe('/projects');
  });

  it('are for owners', async () => {
    const admin = await server.person('Adam', { role: 'admin' });
    expect((await admin.get('/organization/sign-in')).status).toBe(403);
    expect((await admin.put('/organization/single-sign-on', right())).status).toBe(403);
    expect((await admin.put('/organization/two-factor', { required: true })).status).toBe(403);
    expect((await admin.delete('/organization/single-sign-on')).status).toBe(403);
  });

  it('name an issuer that is one', async () => {
    for (const issuer of [`${provider.issuer}/elsewhere`, 'http://127.0.0.1:1', 'http://login.example.com']) {
      const answer = await server.owner.put('/organization/single-sign-on', { ...right(), issuer });
      expect(answer, issuer).toMatchObject({ status: 422, body: { code: 'invalid', field: 'issuer' } });
    }
  });

  it('reach no address that the egress refuses', async () => {
    const strict = await startTestServer({ EGRESS_ALLOW: '' });
    const answer = await strict.owner.put('/organization/single-sign-on', right());
    expect(answer).toMatchObject({ status: 422, body: { field: 'issuer' } });
    await strict.close();
  });

  it('claim no domain of another organization', async () => {
    const eve = await server.person('Eva', { organization: 'Evas' });
    const claimed = await eve.put('/organization/single-sign-on', right());
    expect(claimed).toMatchObject({ status: 409, body: { code: 'conflict' } });
    const own = await eve.put('/organization/single-sign-on', { ...right(), domains: ['evas.example'] });
    expect(own.status).toBe(200);
  });

  it('lead from an address to the button, whether it is somebody’s or not', async () => {
    const of = (email: string) => server.browser().get(`/session/ways?email=${encodeURIComponent(email)}`);
    const way = { organization: await slug(), name: 'Acme login' };
    expect((await of('nobody@acme.example')).body.singleSignOn).toEqual(way);
    expect((await of('nobody@elsewhere.example')).body.singleSignOn).toBeNull();
    expect((await of('no address')).body.singleSignOn).toBeNull();
  });

  it('may take passwords from all but owners', async () => {
    await server.person('Pia', { role: 'editor' });
    await server.owner.put('/organization/single-sign-on', { ...right(), passwords: false });
    const pia = server.browser();
    const refused = await pia.post('/session', { email: 'pia@example.com', password: PASSWORD });
    expect(refused).toMatchObject({ status: 403, body: { reason: 'sso_only' } });
    // Who does not know the password learns nothing of it.
    const wrong = await pia.post('/session', { email: 'pia@example.com', password: 'not the password' });
    expect(wrong.status).toBe(401);
    const owner = await server.browser().post('/session', { email: 'ada@example.com', password: PASSWORD });
    expect(owner.status).toBe(201);
    await server.owner.put('/organization/single-sign-on', right());
    expect((await pia.post('/session', { email: 'pia@example.com', password: PASSWORD })).status).toBe(201);
  });

  it('end the sessions they began when they are taken away', async () => {
    const browser = server.browser();
    await signOn(browser);
    expect((await browser.get('/session')).status).toBe(200);
    expect((await server.owner.delete('/organization/single-sign-on')).status).toBe(200);
    expect((await browser.get('/session')).status).toBe(401);
    await server.owner.put('/organization/single-sign-on', right());
  });
});
