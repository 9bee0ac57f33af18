import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { App } from '#lib/operations/app.ts';
import { exchangeCode, letIn, openWorld, type World } from './world.ts';

describe('access tokens', () => {
  let world: World;
  let app: App;
  beforeAll(async () => {
    world = await openWorld();
    app = world.server.app;
  });
  afterEach(() => void vi.useRealTimers());
  afterAll(() => world?.close());

  /** A token that was found good a moment ago, and the id of its grant. */
  async function known(): Promise<{ token: string; grantId: string }> {
    const { body } = await exchangeCode(world, await letIn(world));
    const token = body.access_token as string;
    const found = await app.accessTokens.verify(token);
    return { token, grantId: found!.principal.grantId };
  }
  const isGood = async (token: string) => (await app.accessTokens.verify(token)) !== null;
  const later = (ms: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });

  it('say who it is, through which client, for which address', async () => {
    const coded = await letIn(world, { consent: { tools: ['look'] } });
    const { body } = await exchangeCode(world, coded);

    const found = await app.accessTokens.verify(body.access_token);

    const { id: projectId, organizationId } = await app.db.prisma.project.findUniqueOrThrow({
      where: { slug: 'shop' },
    });
    expect(found).toMatchObject({
      principal: {
        type: 'grant',
        clientId: coded.clientId,
        userId: (await world.server.owner.get('/session')).body.user.id,
        projectId,
        organizationId,
        tools: ['look'],
        readOnly: false,
      },
      resource: world.resource,
      scopes: ['mcp:read', 'mcp:call'],
      role: 'owner',
    });
    expect(found!.expiresAt.getTime()).toBeGreaterThan(Date.now() + 59 * 60_000);
  });

  it('are kept for five seconds, whatever happens without news', async () => {
    const { token, grantId } = await known();
    await app.db.prisma.oauthGrant.update({ where: { id: grantId }, data: { revokedAt: new Date() } });

    expect(await isGood(token)).toBe(true);
    later(5001);
    expect(await isGood(token)).toBe(false);
    expect(app.accessTokens.isKnown(token)).toBe(true);
  });

  it.each([
    ['grant.revoked', (grantId: string) => ({ grantId })],
    ['member.changed', () => ({})],
    ['project.changed', () => ({})],
  ])('are read again at the news %s', async (topic, payload) => {
    const { token, grantId } = await known();
    await app.db.prisma.oauthGrant.update({ where: { id: grantId }, data: { revokedAt: new Date() } });

    await app.events.publish(topic, payload(grantId));

    expect(await isGood(token)).toBe(false);
  });

  it('of others stay good at the news of one', async () => {
    const { token } = await known();
    await app.events.publish('grant.revoked', { grantId: 'another' });
    expect(await isGood(token)).toBe(true);
  });

  it('end after an hour', async () => {
    const { token } = await known();
    later(3_599_000);
    expect(await isGood(token)).toBe(true);
    later(3_601_000);
    expect(await isGood(token)).toBe(false);
  });

  it('are good as they are, and as nothing else', async () => {
    const { token } = await known();
    const flipped = token.at(20) === 'a' ? 'b' : 'a';
    for (const other of [
      '',
      'pba_',
      token.slice(0, -1),
      token.replace('pba_', 'pbk_'),
      token.slice(0, 20) + flipped + token.slice(21),
    ]) {
      expect({ other, good: await isGood(other) }).toEqual({ other, good: false });
      expect(app.accessTokens.isKnown(other)).toBe(false);
    }
    expect(await app.apiKeys.verify(token)).toBeNull();
    const stored = JSON.stringify(await app.db.prisma.oauthToken.findMany());
    expect(stored).not.toContain(token);
    expect(stored).not.toContain(token.split('_')[2]);
    expect(await isGood(token)).toBe(true);
  });
});
