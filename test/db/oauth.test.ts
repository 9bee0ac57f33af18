import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#lib/db/client.ts';
import type { NewConsent } from '#lib/db/oauth-grants.ts';
import type { NewToken } from '#lib/db/oauth-tokens.ts';
import { DATABASES, type EmptyDatabase } from '#test/support/databases.ts';
import { makeTeam, systemOf, type Team } from './team.ts';

const REDIRECT = 'https://app.example.test/callback';
const id = () => randomUUID().replaceAll('-', '').slice(0, 12);
const soon = () => new Date(Date.now() + 60_000);
const token = (): NewToken => ({ id: id(), hash: 'h'.repeat(43), scopes: ['mcp:read'], expiresAt: soon() });
const pair = () => ({ access: token(), refresh: token() });

function consent(more: Partial<NewConsent> = {}): NewConsent {
  const code = { id: id(), hash: 'h'.repeat(43), redirectUri: REDIRECT, codeChallenge: 'c'.repeat(43) };
  return {
    requestId: randomUUID(),
    requestUntil: soon(),
    clientId: 'client-1',
    clientName: 'App',
    redirectHost: 'app.example.test',
    remembered: true,
    resource: 'https://patchbay.example.test/mcp/x',
    tools: null,
    readOnly: false,
    scopes: ['mcp:read'],
    code: { ...code, expiresAt: soon(), familyId: randomUUID(), scopes: ['mcp:read'] },
    ...more,
  };
}

/** What may happen once happens once, also when many ask for it at the same time from several processes. */
describe.each(DATABASES)('codes and tokens on $name', ({ name, create }) => {
  let empty: EmptyDatabase;
  let databases: Database[];
  let team: Team;

  beforeAll(async () => {
    empty = await create();
    databases = [await openDatabase(empty.url)];
    // Two in one process would wait for each other here: SQLite waits with its whole thread.
    if (name === 'PostgreSQL') databases.push(await openDatabase(empty.url));
    team = await makeTeam(databases[0]!, 'acme');
  });
  afterAll(async () => {
    for (const database of databases ?? []) await database.close();
    await empty?.remove();
  });

  const many = <T>(work: (database: Database) => Promise<T>): Promise<PromiseSettledResult<T>[]> =>
    Promise.allSettled(Array.from({ length: 10 }, (_, index) => work(databases[index % databases.length]!)));
  const yes = (outcomes: PromiseSettledResult<boolean>[]) =>
    outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value).length;

  it('a request is answered once', async () => {
    const given = consent({ remembered: false });
    const outcomes = await many(() =>
      team.repo.oauthGrants.consent(team.projectId, {
        ...given,
        code: { ...given.code, id: id(), familyId: randomUUID() },
      }),
    );

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'conflict' });
    }
    await expect(
      team.repo.oauthGrants.deny(team.projectId, {
        id: given.requestId,
        until: soon(),
        clientId: 'client-1',
        clientName: 'App',
        resource: 'x',
      }),
    ).rejects.toMatchObject({ code: 'conflict' });
  });

  it('a code becomes tokens once', async () => {
    const given = consent();
    await team.repo.oauthGrants.consent(team.projectId, given);

    const outcomes = await many((database) => systemOf(database).oauthTokens.redeem(given.code.id, pair()));

    expect(yes(outcomes)).toBe(1);
    const where = { familyId: given.code.familyId };
    expect(await databases[0]!.prisma.oauthToken.count({ where })).toBe(2);
  });

  it('a refresh token is followed once, and its family ends as a whole', async () => {
    const given = consent();
    const grantId = await team.repo.oauthGrants.consent(team.projectId, given);
    const { oauthTokens } = systemOf(databases[0]!);
    const first = pair();
    await oauthTokens.redeem(given.code.id, first);
    const next = pair();

    const outcomes = await many((database) =>
      systemOf(database).oauthTokens.rotate(first.refresh.id, { access: token(), refresh: next.refresh }),
    );

    expect(yes(outcomes)).toBe(1);
    expect(await oauthTokens.addAccess(next.refresh.id, token())).toBe(true);
    const { familyId } = given.code;
    await oauthTokens.revokeFamily({ grantId, familyId }, { action: 'grant.refresh_reuse', ip: '192.0.2.1' });
    await oauthTokens.revokeFamily({ grantId, familyId }, { action: 'grant.refresh_reuse', ip: '192.0.2.1' });
    expect(await oauthTokens.addAccess(next.refresh.id, token())).toBe(false);
    expect(await oauthTokens.rotate(next.refresh.id, pair())).toBe(false);
    expect(await oauthTokens.find(first.access.id)).toMatchObject({ revoked: true });
    const audit = await team.repo.audit.list({ about: 'grant' });
    expect(audit.filter(({ action }) => action === 'grant.refresh_reuse')).toHaveLength(1);
  });

  it('one that is remembered is one row, however often it is asked for', async () => {
    const ids = new Set<string>();
    for (const readOnly of [true, false, true]) {
      ids.add(
        await team.repo.oauthGrants.consent(team.projectId, consent({ clientId: 'client-2', readOnly })),
      );
    }

    expect(ids.size).toBe(1);
    const { resource } = consent();
    expect(await team.repo.oauthGrants.remembered({ clientId: 'client-2', resource })).toMatchObject({
      readOnly: true,
    });
    const [own] = await team.repo.oauthGrants.mine();
    await team.repo.oauthGrants.revokeMine(own!.id);
    expect(await team.repo.oauthGrants.remembered({ clientId: 'client-2', resource })).toBeNull();
  });
});
