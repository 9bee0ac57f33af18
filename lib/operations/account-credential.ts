import type { Logger } from 'pino';
import type { Secrets } from '#lib/auth/sealing.ts';
import type { SealedPlace, Vault } from '#lib/auth/vault.ts';
import type { Database } from '#lib/db/client.ts';
import { type ConnectedAccount, PROJECT_ACCOUNT } from '#lib/db/connected-accounts.ts';
import type { SealedConnection } from '#lib/db/connections.ts';
import { repository } from '#lib/db/repository.ts';
import type { Egress } from '#lib/egress/fetch.ts';
import { AskFirst, StepError } from '#lib/engine/errors.ts';
import { connectLink } from './connect-link.ts';
import { accountKeyCredential, type Credential } from './connection-secret.ts';
import type { Env } from './env.ts';
import { type OAuth2Tokens, RefusedByProvider, refreshTokens } from './oauth2-tokens.ts';
import type { RunCaller } from './run-caller.ts';

export interface AccountWorld {
  db: Database;
  vault: Vault;
  secrets: Secrets;
  egress: Egress;
  env: Pick<Env, 'publicUrl'>;
  log: Logger;
}

/** Who a request is made for, and the run that makes it. */
export interface OnBehalf {
  caller: RunCaller;
  runId: string;
}

/** How long a person may take to connect an account, in ms. */
const PATIENCE_MS = 15 * 60_000;

/** A token is renewed before it ends: on its way it must not. In ms. */
const EARLY_MS = 60_000;

/** Renewals under way, by account: tokens that are renewed can often be used once only. */
const renewals = new Map<string, Promise<OAuth2Tokens | null>>();

/**
 * What carries the account that a request is made with: the caller's own, or the project's. Throws AskFirst where the
 * caller has to connect one, and StepError: `CONNECTION_PERSONAL` without a person, `CONNECTION_UNBOUND` where the
 * project has none, `CONNECTION_REFRESH` where the provider cannot be reached.
 */
export async function accountCredential(
  world: AccountWorld,
  connection: SealedConnection,
  on: OnBehalf,
): Promise<Credential> {
  const { name, perCaller, type } = connection;
  const userId = perCaller ? on.caller.userId : PROJECT_ACCOUNT;
  if (userId === undefined) {
    throw new StepError(
      'CONNECTION_PERSONAL',
      `The connection "${name}" uses an account of the caller’s own, and nobody is signed in to this call. Connect the client with OAuth, in place of an API key.`,
    );
  }
  const { connectedAccounts } = repository(world.db, { type: 'system' });
  const account = await connectedAccounts.find(connection.id, userId);
  if (!account) throw missing(world, connection, { ...on, userId });
  const text = await world.vault.open(accountPlace(account), account.secret);
  if (type !== 'oauth2') {
    const credential = accountKeyCredential(type, text);
    if (credential) return credential;
    throw missing(world, connection, { ...on, userId });
  }
  const tokens = await freshTokens(world, connection, account, JSON.parse(text) as OAuth2Tokens);
  if (!tokens) throw missing(world, connection, { ...on, userId });
  return { headers: { authorization: `Bearer ${tokens.accessToken}` }, query: {} };
}

/** Where the secret of an account belongs. */
export function accountPlace({
  organizationId,
  id,
}: Pick<ConnectedAccount, 'organizationId' | 'id'>): SealedPlace {
  return { organizationId, id, field: 'connected_account.secret' };
}

function missing(
  { env, secrets }: AccountWorld,
  { id, projectId, name, perCaller }: SealedConnection,
  { userId, runId }: { userId: string; runId: string },
): StepError {
  if (!perCaller) {
    return new StepError(
      'CONNECTION_UNBOUND',
      `The connection "${name}" is not connected. Press Connect under the project's connections.`,
    );
  }
  const expiresAt = Date.now() + PATIENCE_MS;
  const url = connectLink({ env, secrets }, { connectionId: id, projectId, userId, runId, expiresAt });
  const message = `This needs your own ${name} account. Connect it on this page; the call then goes on by itself.`;
  return new AskFirst('CONNECTION_NEEDED', `Connect your own ${name} account first: ${url}`, {
    question: { type: 'url', message, url, expiresAt, connection: id },
    unanswered: new StepError(
      'CONNECTION_REFUSED',
      `The person who called did not connect their own ${name} account. Without it this cannot be done.`,
    ),
  });
}

/** Tokens that hold for the next minute; null where the provider gives none any more. */
async function freshTokens(
  world: AccountWorld,
  connection: SealedConnection,
  account: ConnectedAccount,
  tokens: OAuth2Tokens,
): Promise<OAuth2Tokens | null> {
  const { expiresAt } = account;
  if (expiresAt === null || expiresAt.getTime() - EARLY_MS > Date.now()) return tokens;
  if (tokens.refreshToken === undefined) return expiresAt.getTime() > Date.now() ? tokens : null;
  let renewal = renewals.get(account.id);
  if (!renewal) {
    renewal = renew(world, connection, account, tokens).finally(() => renewals.delete(account.id));
    renewals.set(account.id, renewal);
  }
  return renewal;
}

async function renew(
  world: AccountWorld,
  connection: SealedConnection,
  account: ConnectedAccount,
  tokens: OAuth2Tokens,
): Promise<OAuth2Tokens | null> {
  const { connectedAccounts } = repository(world.db, { type: 'system' });
  // Renewed since it was read: the old token may be good no more.
  const now = await latest(world, account);
  if (now && now.accessToken !== tokens.accessToken) return now;
  try {
    const { expiresAt, ...renewed } = await refreshTokens(world, connection, tokens.refreshToken!);
    const secret = await world.vault.seal(accountPlace(account), JSON.stringify({ ...tokens, ...renewed }));
    const stored = await connectedAccounts.renew(account, { secret, expiresAt });
    return stored ? { ...tokens, ...renewed } : await latest(world, account);
  } catch (error) {
    if (!(error instanceof RefusedByProvider)) throw error;
    // Another process may have been first, and the token was good once only.
    const others = await latest(world, account);
    if (others && others.accessToken !== tokens.accessToken) return others;
    world.log.warn(
      { connection: connection.id, reason: error.message },
      'an account has to be connected again',
    );
    await connectedAccounts.drop(account);
    return null;
  }
}

async function latest(
  world: AccountWorld,
  { connectionId, userId }: ConnectedAccount,
): Promise<OAuth2Tokens | null> {
  const account = await repository(world.db, { type: 'system' }).connectedAccounts.find(connectionId, userId);
  return (
    account && (JSON.parse(await world.vault.open(accountPlace(account), account.secret)) as OAuth2Tokens)
  );
}
