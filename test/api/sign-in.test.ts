import { TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashRecoveryCode } from '#lib/auth/recovery-codes.ts';
import { repository } from '#lib/db/repository.ts';
import { startMailServer } from '#test/support/mail-server.ts';
import {
  type Answer,
  type Browser,
  eventually,
  PASSWORD,
  projectWith,
  startTestServer,
  type TestServer,
} from './server.ts';

const NEXT = 'another horse battery';
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
// What fails here on purpose comes from one address.
beforeEach(() => server.app.attempts.clear('address 127.0.0.1'));

const SYSTEM = { type: 'system' } as const;
const email = (name: string) => `${name.toLowerCase()}@example.com`;
/** A code of the app; each half minute has its own, and each is good once. */
const codeOf = (secret: string, stepsFromNow = 0) =>
  new TOTP({ secret }).generate({ timestamp: Date.now() + stepsFromNow * 30_000 });
const signIn = (browser: Browser, name: string, password = PASSWORD) =>
  browser.post('/session', { email: email(name), password });
/** As a thief of the cookie would. */
const thiefOf = ({ cookie }: Browser) => Object.assign(server.browser(), { cookie });
const idOf = async (browser: Browser): Promise<string> => (await browser.get('/session')).body.user.id;

/** A member with two-factor; their codes of this half minute and before it are used up. */
async function secured(name: string): Promise<{ browser: Browser; secret: string; codes: string[] }> {
  const browser = await server.person(name, { role: 'editor' });
  const begun = await browser.post('/account/two-factor', { password: PASSWORD });
  const secret = begun.body.secret as string;
  const enabled = await browser.post('/account/two-factor/enable', { code: codeOf(secret, -1) });
  expect(enabled.status).toBe(201);
  return { browser, secret, codes: enabled.body.codes };
}

describe('two-factor', () => {
  it('is asked for after the password, and a code is good once', async () => {
    const { browser, secret } = await secured('Tia');
    const begun = (await browser.get('/account/two-factor')).body;
    expect(begun).toMatchObject({ recoveryCodesLeft: 10, required: false, browsers: [] });
    const fresh = server.browser();
    const first = await signIn(fresh, 'Tia');
    expect(first.status).toBe(202);
    expect(first.headers.getSetCookie()).toEqual([]);
    expect((await fresh.get('/session')).status).toBe(401);

    const { ticket } = first.body;
    const wrong = await fresh.post('/session/second-step', { ticket, code: '000000' });
    expect(wrong.status).toBe(401);
    const code = codeOf(secret);
    const right = await fresh.post('/session/second-step', { ticket, code });
    expect(right).toMatchObject({ status: 201, body: { user: { name: 'Tia' } } });
    expect((await fresh.get('/projects')).status).toBe(200);

    const again = server.browser();
    const second = (await signIn(again, 'Tia')).body.ticket;
    expect((await again.post('/session/second-step', { ticket: second, code })).status).toBe(401);
    // The ticket of before was used up with it.
    const late = await again.post('/session/second-step', { ticket, code: codeOf(secret, 1) });
    expect(late.status).toBe(410);
    const later = await again.post('/session/second-step', { ticket: second, code: codeOf(secret, 1) });
    expect(later.status).toBe(201);
  });

  it('ends a ticket after five wrong codes, and takes no code of another time', async () => {
    const { secret } = await secured('Tom');
    const browser = server.browser();
    const { ticket } = (await signIn(browser, 'Tom')).body;
    for (const code of [codeOf(secret, -5), codeOf(secret, 5), '', 'x', '123456']) {
      const { status } = await browser.post('/session/second-step', { ticket, code });
      expect([400, 401], code).toContain(status);
    }
    await browser.post('/session/second-step', { ticket, code: '111111' });
    const right = await browser.post('/session/second-step', { ticket, code: codeOf(secret) });
    expect(right.status).toBe(410);
    const again = (await signIn(browser, 'Tom')).body.ticket;
    const after = await browser.post('/session/second-step', { ticket: again, code: codeOf(secret) });
    expect(after.status).toBe(201);
  });

  it('takes each recovery code once, however many try at the same moment', async () => {
    const { codes } = await secured('Rex');
    const rows = await server.app.db.prisma.recoveryCode.findMany();
    expect(rows).toHaveLength(expectedCodes());
    for (const code of codes) expect(JSON.stringify(rows)).not.toContain(code);
    const tickets = await Promise.all(
      Array.from({ length: 20 }, async () => (await signIn(server.browser(), 'Rex')).body.ticket as string),
    );
    const statuses = await Promise.all(
      tickets.map(
        async (ticket) =>
          (await server.browser().post('/session/second-step', { ticket, code: codes[0] })).status,
      ),
    );
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    // However it is typed.
    server.app.attempts.clear('address 127.0.0.1');
    server.app.attempts.clear(`second step of ${await userIdOf('Rex')}`);
    const { ticket } = (await signIn(server.browser(), 'Rex')).body;
    const typed = codes[1]!.toUpperCase().replaceAll('-', ' ');
    const browser = server.browser();
    expect((await browser.post('/session/second-step', { ticket, code: typed })).status).toBe(201);
    expect((await browser.get('/account/two-factor')).body.recoveryCodesLeft).toBe(8);
  });

  it('is not asked for in a browser that is trusted, until it is asked again', async () => {
    const { browser, secret } = await secured('Uma');
    const trusted = server.browser();
    const { ticket } = (await signIn(trusted, 'Uma')).body;
    const code = codeOf(secret);
    const answer = await trusted.post('/session/second-step', { ticket, code, trust: true });
    const cookie = answer.headers.getSetCookie().find((each) => each.startsWith('patchbay-browser='))!;
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/Max-Age=2592000/);
    await trusted.delete('/session');
    expect((await signIn(trusted, 'Uma')).status).toBe(201);
    // For nobody else in that browser.
    const other = await secured('Udo');
    expect(other.secret).not.toBe(secret);
    expect((await signIn(thiefOf(trusted), 'Udo')).status).toBe(202);

    const [known] = (await browser.get('/account/two-factor')).body.browsers;
    expect((await other.browser.delete(`/account/browsers/${known.id}`)).status).toBe(404);
    expect((await browser.delete(`/account/browsers/${known.id}`)).status).toBe(204);
    await trusted.delete('/session');
    expect((await signIn(trusted, 'Uma')).status).toBe(202);
  });

  it('is turned off and its codes are made anew by password and code', async () => {
    const { browser, secret, codes } = await secured('Vera');
    const change = (path: string, password: string, code: string) =>
      browser.post(`/account/two-factor/${path}`, { password, code });
    for (const path of ['disable', 'recovery-codes']) {
      expect((await change(path, 'not the password', codes[0]!)).status).toBe(400);
      expect((await change(path, PASSWORD, '000000')).status).toBe(400);
    }
    const renewed = await change('recovery-codes', PASSWORD, codes[1]!);
    expect(renewed.body.codes).toHaveLength(10);
    expect((await change('disable', PASSWORD, codes[2]!)).status).toBe(400);
    expect((await change('disable', PASSWORD, codeOf(secret))).status).toBe(204);
    expect((await signIn(server.browser(), 'Vera')).status).toBe(201);
  });

  it('stores its secret sealed, and tells it once', async () => {
    const { browser, secret } = await secured('Wim');
    const rows = await server.app.db.prisma.twoFactor.findMany();
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(JSON.stringify((await browser.get('/account/two-factor')).body)).not.toContain(secret);
    expect((await browser.post('/account/two-factor', { password: PASSWORD })).status).toBe(409);
  });

  it('where an organization asks for it, comes before anything else', async () => {
    const eve = await server.person('Eve', { organization: 'Globex' });
    expect((await eve.get('/projects')).status).toBe(200);
    expect((await eve.put('/organization/two-factor', { required: true })).status).toBe(200);
    expect(await eve.get('/projects')).toMatchObject({ status: 403, body: { reason: 'two_factor' } });
    expect((await eve.patch('/account', { name: 'Eva' })).status).toBe(403);
    expect((await eve.get('/session')).body).toMatchObject({ needs: 'two_factor' });
    const { secret } = (await eve.post('/account/two-factor', { password: PASSWORD })).body;
    const { codes } = (await eve.post('/account/two-factor/enable', { code: codeOf(secret, -1) })).body;
    expect((await eve.get('/projects')).status).toBe(200);
    const off = await eve.post('/account/two-factor/disable', { password: PASSWORD, code: codes[0] });
    expect(off.status).toBe(403);
    // Acme does not ask.
    expect((await server.owner.get('/projects')).status).toBe(200);
  });

  function expectedCodes(): number {
    return 10 * ['Tia', 'Tom', 'Rex'].length;
  }
});

async function userIdOf(name: string): Promise<string> {
  const person = await repository(server.app.db, SYSTEM).credentials.byEmail(email(name));
  return person!.userId;
}

describe('sessions', () => {
  it('are listed, and ended one by one or all but this one', async () => {
    const here = await server.person('Lea', { role: 'viewer' });
    const [second, third] = [server.browser(), server.browser()];
    await signIn(second, 'Lea');
    await signIn(third, 'Lea');
    const { items } = (await here.get('/account/sessions')).body;
    expect(items).toHaveLength(3);
    expect(items.filter(({ current }: { current: boolean }) => current)).toHaveLength(1);
    expect(items[0]).toMatchObject({ ipAddress: '127.0.0.1', via: 'password' });
    expect(JSON.stringify(items)).not.toContain(here.cookie.split('=')[1]!.split('.')[0]!);
    const other = (await second.get('/account/sessions')).body.items.find(
      ({ current }: { current: boolean }) => current,
    );
    const stranger = await server.person('Leo', { role: 'owner' });
    expect((await stranger.delete(`/account/sessions/${other.id}`)).status).toBe(404);
    expect((await second.get('/session')).status).toBe(200);
    expect((await here.delete(`/account/sessions/${other.id}`)).status).toBe(204);
    expect((await second.get('/session')).status).toBe(401);
    expect((await here.delete('/account/sessions')).status).toBe(204);
    expect((await third.get('/session')).status).toBe(401);
    expect((await here.get('/session')).status).toBe(200);
  });

  it('take their streams along when they end', async () => {
    const { workflow } = await projectWith(server.owner, 'watched');
    const [here, there] = [await server.person('Sol', { role: 'viewer' }), server.browser()];
    await signIn(there, 'Sol');
    const path = `/api/v1/projects/watched/workflows/${workflow}/presence?window=w`;
    const open = async ({ cookie }: Browser) => {
      const response = await fetch(`${server.url}${path}`, { headers: { cookie } });
      expect(response.status).toBe(200);
      return response.text();
    };
    let isOver = false;
    const mine = open(here).then(() => {
      isOver = true;
    });
    const other = open(there);
    await here.delete('/account/sessions');
    // It ends, which a stream that nobody ends would not.
    expect(await other).toContain('data: ');
    expect(isOver).toBe(false);
    await here.delete('/session');
    await mine;
  });

  it('are stored as hashes: what is in the database signs nobody in', async () => {
    const browser = await server.person('Max', { role: 'viewer' });
    const [token, signature] = decodeURIComponent(browser.cookie.slice('patchbay='.length)).split('.');
    const rows = await server.app.db.prisma.session.findMany();
    expect(JSON.stringify(rows)).not.toContain(token);
    for (const row of rows) {
      const forged = Object.assign(server.browser(), {
        cookie: `patchbay=${encodeURIComponent(`${row.token}.${signature}`)}`,
      });
      expect((await forged.get('/session')).status).toBe(401);
    }
    expect((await browser.get('/session')).status).toBe(200);
  });

  it('begin with a token that nobody knew before', async () => {
    const fixed = server.browser();
    await signIn(fixed, 'Ada');
    const before = fixed.cookie;
    const browser = thiefOf(fixed);
    await signIn(browser, 'Ada');
    expect(browser.cookie).not.toBe(before);
    // What was there before is worth nothing, to whoever put it there.
    expect((await fixed.get('/session')).status).toBe(401);
    expect((await browser.get('/session')).status).toBe(200);
    // A token that somebody makes up is not taken over either.
    const made = Object.assign(server.browser(), { cookie: 'patchbay=made-up' });
    await signIn(made, 'Ada');
    expect(made.cookie).not.toContain('made-up');
  });

  it('get another token when the role changes, and the old one ends', async () => {
    const browser = await server.person('Nia', { role: 'viewer' });
    const thief = thiefOf(browser);
    const before = browser.cookie;
    const { user, organization } = (await server.owner.get('/session')).body;
    const owner = { type: 'user', userId: user.id, organizationId: organization.id, role: 'owner' } as const;
    await repository(server.app.db, owner).members.setRole(await userIdOf('Nia'), 'editor');
    expect((await browser.get('/session')).body.role).toBe('editor');
    expect(browser.cookie).not.toBe(before);
    // For what was under way the old one is good for seconds.
    const rows = await server.app.db.prisma.session.findMany({ where: { userId: await userIdOf('Nia') } });
    const ends = rows.map(({ endsAt }) => endsAt!.getTime() - Date.now()).sort((a, b) => a - b);
    expect(ends[0]).toBeLessThanOrEqual(15_000);
    await server.app.db.prisma.session.updateMany({
      where: { userId: await userIdOf('Nia'), endsAt: { lt: new Date(Date.now() + 60_000) } },
      data: { endsAt: new Date() },
    });
    expect((await thief.get('/session')).status).toBe(401);
    expect((await browser.get('/session')).status).toBe(200);
  });

  it('all end with a new password, and so do trusted browsers', async () => {
    const { browser, secret, codes } = await secured('Oda');
    const trusted = server.browser();
    const { ticket } = (await signIn(trusted, 'Oda')).body;
    await trusted.post('/session/second-step', { ticket, code: codeOf(secret), trust: true });
    const thief = thiefOf(browser);
    expect((await thief.get('/session')).status).toBe(200);
    const wrong = await browser.post('/account/password', { current: 'not the password', next: NEXT });
    expect(wrong.status).toBe(400);
    expect((await thief.get('/session')).status).toBe(200);

    const changed = await browser.post('/account/password', { current: PASSWORD, next: NEXT });
    expect(changed.status).toBe(204);
    expect((await thief.get('/session')).status).toBe(401);
    expect((await trusted.get('/session')).status).toBe(401);
    expect((await browser.get('/session')).status).toBe(200);
    expect((await signIn(trusted, 'Oda', NEXT)).status).toBe(202);
    expect((await signIn(server.browser(), 'Oda')).status).toBe(401);
    expect(codes).toHaveLength(10);
  });
});

describe('a link for a new password', () => {
  it('is made by an owner, good once and for half an hour', async () => {
    const pat = await server.person('Pat', { role: 'editor' });
    const id = await idOf(pat);
    const made = await server.owner.post(`/organization/members/${id}/password-link`);
    expect(made.status).toBe(201);
    expect(made.body.url).toMatch(new RegExp(`^${server.app.env.publicUrl}/reset-password#[\\w-]{43}$`));
    const token = (made.body.url as string).split('#')[1]!;
    const rows = await server.app.db.prisma.signInTicket.findMany();
    expect(JSON.stringify(rows)).not.toContain(token);
    const inMinutes = (Date.parse(made.body.expiresAt) - Date.now()) / 60_000;
    expect(inMinutes).toBeLessThanOrEqual(30);
    const use = (password: string) => server.browser().post('/password-reset', { token, password });
    expect((await use('too short')).status).toBe(400);
    const statuses = await Promise.all(Array.from({ length: 10 }, async () => (await use(NEXT)).status));
    expect(statuses.filter((status) => status === 204)).toHaveLength(1);
    expect((await pat.get('/session')).status).toBe(401);
    expect((await signIn(pat, 'Pat', NEXT)).status).toBe(201);
    const { items } = (await server.owner.get('/audit?about=account')).body;
    const ofPat = items.filter(({ target }: { target: string }) => target === `user:${id}`);
    expect(ofPat.map(({ action }: { action: string }) => action)).toEqual([
      'account.password',
      'account.reset_link',
    ]);
    expect(JSON.stringify(items)).not.toContain(token);

    const late = (await server.owner.post(`/organization/members/${id}/password-link`)).body.url.split(
      '#',
    )[1];
    await server.app.db.prisma.signInTicket.updateMany({ data: { expiresAt: new Date() } });
    const overdue = await server.browser().post('/password-reset', { token: late, password: NEXT });
    expect(overdue.status).toBe(410);
  });

  it('and a lost second factor are for owners, and for members of their organization alone', async () => {
    const admin = await server.person('Abe', { role: 'admin' });
    const member = await server.person('Bea', { role: 'viewer' });
    const stranger = await server.person('Cal', { organization: 'Calco' });
    const shared = await server.person('Dan', { role: 'viewer' });
    const paths = (id: string) =>
      [
        ['POST', `/organization/members/${id}/password-link`],
        ['DELETE', `/organization/members/${id}/two-factor`],
      ] as const;
    const { members } = repository(server.app.db, SYSTEM);
    await members.createOrganization({ name: 'Dans', slug: 'dans', ownerId: await idOf(shared) });
    const all = async (browser: Browser, id: string) =>
      Promise.all(paths(id).map(async ([method, path]) => (await browser.send(method, path)).status));
    expect(await all(admin, await idOf(member))).toEqual([403, 403]);
    expect(await all(stranger, await idOf(member))).toEqual([404, 404]);
    expect(await all(server.owner, await idOf(stranger))).toEqual([404, 404]);
    // Whoever may sign in as Dan may enter his own organization.
    expect(await all(server.owner, await idOf(shared))).toEqual([403, 403]);
    expect(await all(server.owner, await idOf(member))).toEqual([201, 204]);
  });

  it('is sent where there is a mail server, and the answer is the same for an address that nobody has', async () => {
    await server.person('Kim', { role: 'viewer' });
    const ask = (to: TestServer, address: string) =>
      to.browser().post('/password-reset/request', { email: address });
    const same = { status: 204, body: '' };
    // Nothing is set here: the same answer, and no letter.
    expect(await ask(server, email('Kim'))).toMatchObject(same);
    expect((await server.browser().get('/session/ways')).body.passwordLink).toBe('owner');

    const mail = await startMailServer();
    const sending = await startTestServer({ SMTP_URL: mail.url, MAIL_FROM: 'patchbay@example.com' });
    expect((await sending.browser().get('/session/ways')).body.passwordLink).toBe('email');
    for (const address of ['nobody@example.com', 'ADA@example.com']) {
      expect(await ask(sending, address), address).toMatchObject(same);
    }
    await eventually(async () => mail.received.length > 0);
    const [{ to, raw }] = mail.received as [(typeof mail.received)[0]];
    expect(to).toEqual(['ada@example.com']);
    const token = /reset-password#([\w-]{43})/.exec(raw)![1]!;
    const use = () => sending.browser().post('/password-reset', { token, password: NEXT });
    expect((await use()).status).toBe(204);
    expect((await use()).status).toBe(410);
    expect((await signIn(sending.browser(), 'Ada', NEXT)).status).toBe(201);
    // A letter box is not filled.
    for (let count = 0; count < 8; count += 1) await ask(sending, email('Ada'));
    expect((await ask(sending, email('Ada'))).status).toBe(429);
    await eventually(async () => mail.received.length >= 4);
    expect(mail.received).toHaveLength(4);
    await sending.close();
    await mail.close();
  });
});

describe('nobody learns who has an account', () => {
  it('from what signing in answers, or the work it does', async () => {
    await server.person('Ivy', { role: 'viewer' });
    const answers: Answer[] = [];
    const times: Record<string, number[]> = { known: [], unknown: [] };
    for (let round = 0; round < 4; round += 1) {
      for (const [who, name] of [
        ['known', 'Ivy'],
        ['unknown', 'Nobody'],
      ] as const) {
        const from = process.cpuUsage();
        answers.push(await signIn(server.browser(), name, 'not the password'));
        const { user, system } = process.cpuUsage(from);
        times[who]!.push(user + system);
      }
      server.app.attempts.clear('address 127.0.0.1');
    }
    for (const { status, body } of answers) {
      expect({ status, detail: body.detail }).toEqual({ status: 401, detail: answers[0]!.body.detail });
    }
    // CPU time, not the clock: one that did no hashing would take a tenth.
    const least = (list: number[]) => Math.min(...list);
    expect(least(times['unknown']!)).toBeGreaterThan(least(times['known']!) / 2);
    expect((await signIn(server.browser(), 'Ivy')).status).toBe(201);
  });

  it('and a hash that costs less than new ones is renewed by signing in', async () => {
    await server.person('Jan', { role: 'viewer' });
    const cheap = await cheapHash(PASSWORD);
    const where = { user: { email: email('Jan') }, providerId: 'credential' };
    const { prisma } = server.app.db;
    await prisma.account.updateMany({ where, data: { password: cheap } });
    expect((await signIn(server.browser(), 'Jan', 'not the password')).status).toBe(401);
    expect((await prisma.account.findFirst({ where }))!.password).toBe(cheap);
    expect((await signIn(server.browser(), 'Jan')).status).toBe(201);
    expect((await prisma.account.findFirst({ where }))!.password).toMatch(/m=19456,t=2,p=1/);
    expect((await signIn(server.browser(), 'Jan')).status).toBe(201);
  });
});

describe('the doors of the account', () => {
  const doors: [string, string, object][] = [
    ['POST', '/session', { email: 'ada@example.com', password: PASSWORD }],
    ['POST', '/session/second-step', { ticket: 't', code: '123456' }],
    ['POST', '/session/sso', { organization: 'default' }],
    ['DELETE', '/session', {}],
    ['PATCH', '/account', { name: 'Ada' }],
    ['POST', '/account/password', { current: PASSWORD, next: NEXT }],
    ['DELETE', '/account/sessions', {}],
    ['POST', '/account/two-factor', { password: PASSWORD }],
    ['POST', '/account/two-factor/enable', { code: '123456' }],
    ['POST', '/account/two-factor/disable', { password: PASSWORD, code: '123456' }],
    ['POST', '/account/two-factor/recovery-codes', { password: PASSWORD, code: '123456' }],
    ['POST', '/password-reset/request', { email: 'ada@example.com' }],
    ['POST', '/password-reset', { token: 't', password: NEXT }],
    ['PUT', '/organization/two-factor', { required: false }],
    ['DELETE', '/organization/single-sign-on', {}],
  ];

  it('open to no other site, and to no form', async () => {
    const browser = await server.person('Ned', { role: 'owner' });
    for (const [method, path, body] of doors) {
      const send = (headers: Record<string, string>, sent: unknown = body) =>
        browser.send(method, path, sent, headers);
      for (const origin of ['https://evil.test', 'null', `${server.url}.evil.test`]) {
        expect((await send({ origin })).status, `${method} ${path} ${origin}`).toBe(403);
      }
      const bare = await fetch(`${server.url}/api/v1${path}`, {
        method,
        headers: { cookie: browser.cookie, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      expect(bare.status, `${method} ${path} without Origin`).toBe(403);
      for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
        const form = await send({ 'content-type': type }, JSON.stringify(body));
        expect(form.status, `${method} ${path} ${type}`).toBe(415);
      }
    }
    // The same, from its own page.
    expect((await browser.patch('/account', { name: 'Ned' })).status).toBe(200);
    expect((await browser.put('/organization/two-factor', { required: false })).status).toBe(200);
  });

  it('take no field that is not theirs', async () => {
    const browser = await server.person('Oli', { role: 'viewer' });
    const before = await server.app.db.prisma.user.findUnique({ where: { email: email('Oli') } });
    const more = {
      role: 'owner',
      userId: 'x',
      email: 'ada@example.com',
      emailVerified: true,
      organizationId: 'x',
      id: 'x',
      enabledAt: null,
    };
    for (const [method, path, body] of doors) {
      if (method === 'DELETE') continue;
      for (const [field, value] of Object.entries(more)) {
        // Where somebody goes on to the identity provider, an address says who it is.
        if (field in body || (path === '/session/sso' && field === 'email')) continue;
        const answer = await browser.send(method, path, { ...body, [field]: value });
        expect([400, 403], `${method} ${path} ${field}: ${answer.status}`).toContain(answer.status);
      }
    }
    const after = await server.app.db.prisma.user.findUnique({ where: { email: email('Oli') } });
    expect(after).toEqual(before);
    expect((await browser.patch('/account', { name: 'Oliver' })).body.user.name).toBe('Oliver');
  });

  it('take texts alone: no operator of the database', async () => {
    const browser = await server.person('Pia', { role: 'owner' });
    const operators = [
      { not: '' },
      { contains: 'a' },
      { startsWith: '' },
      { in: ['a'] },
      ['a'],
      1,
      true,
      null,
    ];
    for (const [method, path, body] of doors) {
      for (const field of Object.keys(body).filter((name) => name !== 'required')) {
        for (const operator of operators) {
          const answer = await browser.send(method, path, { ...body, [field]: operator });
          const name = `${method} ${path} ${field} ${JSON.stringify(operator)}`;
          expect(`${name}: ${answer.status}`).toBe(`${name}: 400`);
        }
      }
    }
    const tickets = await server.app.db.prisma.signInTicket.count({ where: { kind: 'reset' } });
    expect(tickets).toBeGreaterThanOrEqual(0);
    expect((await signIn(server.browser(), 'Pia')).status).toBe(201);
  });
});

/** As an earlier version, or another program, would have made it. */
async function cheapHash(password: string): Promise<string> {
  const { argon2Sync, randomBytes } = await import('node:crypto');
  const nonce = randomBytes(16);
  const message = Buffer.from(password);
  const hash = argon2Sync('argon2id', {
    message,
    nonce,
    memory: 8192,
    passes: 1,
    parallelism: 1,
    tagLength: 32,
  });
  const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  return `$argon2id$v=19$m=8192,t=1,p=1$${text(nonce)}$${text(Buffer.from(hash))}`;
}

it('recovery codes are of one person', () => {
  expect(hashRecoveryCode('a', '4tq9-x0vk-7m2d-hs8c')).not.toBe(hashRecoveryCode('b', '4tq9-x0vk-7m2d-hs8c'));
  expect(hashRecoveryCode('a', '4TQ9 XOVK 7M2D HS8C')).toBe(hashRecoveryCode('a', '4tq9-x0vk-7m2d-hs8c'));
});
