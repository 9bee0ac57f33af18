import { createHash, randomBytes } from 'node:crypto';
import { AppError } from '#lib/db/app-error.ts';
import { type OwnAccount, PROJECT_ACCOUNT } from '#lib/db/connected-accounts.ts';
import type { SealedConnection } from '#lib/db/connections.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { accountPlace } from './account-credential.ts';
import { giveAnswers } from './answer-run.ts';
import type { App } from './app.ts';
import { type LinkedAccount, openConnectLink } from './connect-link.ts';
import { accountSecret } from './connection-secret.ts';
import { findProject } from './find-project.ts';
import { exchangeCode, RefusedByProvider, settingsOf } from './oauth2-tokens.ts';
import { mayEdit } from './roles.ts';
import { openOf } from './run-state.ts';

/** What the page of a link shows. */
export interface ConnectView {
  project: { name: string; slug: string };
  connection: { name: string; hosts: string[] };
  /** `provider`: the person goes there. `key`: they enter one, with a user name where it says so. */
  by: 'provider' | 'key';
  /** Host name of the provider. */
  provider: string | null;
  asksUserName: boolean;
  connected: boolean;
}

/** How long somebody may be at the provider, in ms. */
const VISIT_MS = 10 * 60_000;
const STATE = 'connect-state';
const MOST_STATE = 4000;

/** What a link is there to connect. Throws `not_found`, and `forbidden` to anybody but the person it was made for. */
export async function readConnect(app: App, person: Principal, token: string): Promise<ConnectView> {
  const { link, connection } = await follow(app, person, token);
  const system = repository(app.db, { type: 'system' });
  const project = await system.projects.get(link.projectId);
  if (!project) throw gone();
  const account = await system.connectedAccounts.find(connection.id, link.userId);
  // Connected with another link, while this run waits still.
  if (account) await goOn(app, link);
  const byProvider = connection.type === 'oauth2';
  return {
    project: { name: project.name, slug: project.slug },
    connection: { name: connection.name, hosts: connection.hosts },
    by: byProvider ? 'provider' : 'key',
    provider: byProvider ? new URL(settingsOf(connection).authorizationUrl).hostname : null,
    asksUserName: connection.type === 'basic',
    connected: account !== null,
  };
}

/** Connects by a key that the person enters; the run goes on. Throws as `readConnect`, `bad_request` for no key. */
export async function connectByKey(
  app: App,
  person: Principal,
  token: string,
  { userName, key }: { userName?: string | undefined; key: string },
): Promise<void> {
  const { link, connection } = await follow(app, person, token);
  const given: Record<string, string> =
    connection.type === 'bearer'
      ? { token: key }
      : connection.type === 'basic'
        ? { username: userName ?? '', password: key }
        : { value: key };
  const { text, preview } = accountSecret(connection, given);
  await save(app, person, connection, { userId: link.userId, text, preview, expiresAt: null });
  await goOn(app, link);
}

/** Where the person lets us in. Throws as `readConnect`. */
export async function beginConnect(app: App, person: Principal, token: string): Promise<{ url: string }> {
  const { link, connection } = await follow(app, person, token);
  return { url: authorizationUrl(app, person, connection, link) };
}

/** The same for the account that all callers of a project use. Editors only. */
export async function beginProjectConnect(
  app: App,
  principal: Principal,
  at: { project: string; connection: string },
): Promise<{ url: string }> {
  mayEdit(principal, 'connect an account');
  const project = await findProject(app, principal, at.project);
  const known = await repository(app.db, principal).connections.get(project.id, at.connection);
  const connection =
    known && (await repository(app.db, { type: 'system' }).connections.sealed(project.id, known.id));
  if (!connection || principal.type !== 'user')
    throw new AppError('not_found', 'There is no such connection.');
  if (connection.type !== 'oauth2' || connection.perCaller) {
    throw new AppError('conflict', 'This connection has no account of the project.');
  }
  return { url: authorizationUrl(app, principal, connection, null) };
}

interface State {
  connectionId: string;
  projectId: string;
  /** Who went there. */
  by: string;
  verifier: string;
  link: LinkedAccount | null;
  expiresAt: number;
}

/** PKCE always (RFC 9700 §2.1.1): a provider that does not know it ignores it. */
function authorizationUrl(
  app: App,
  person: Principal,
  connection: SealedConnection,
  link: LinkedAccount | null,
): string {
  const { authorizationUrl: at, clientId, scopes, parameters } = settingsOf(connection);
  const verifier = randomBytes(32).toString('base64url');
  const { id: connectionId, projectId } = connection;
  const expiresAt = Date.now() + VISIT_MS;
  const state: State = { connectionId, projectId, by: userOf(person), verifier, link, expiresAt };
  const url = new URL(at);
  const query: Record<string, string> = {
    ...parameters,
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri(app),
    state: app.secrets.seal(JSON.stringify(state), STATE),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

/** Where providers send people back to: to be registered with them. */
export function redirectUri({ env }: Pick<App, 'env'>): string {
  return `${env.publicUrl}/connect-account/callback`;
}

/** The person is back from the provider; the run goes on. `project` is where an account of a project was connected. */
export async function finishConnect(
  app: App,
  person: Principal,
  { state: given, code, error }: { state: string; code?: string | undefined; error?: string | undefined },
): Promise<{ connection: string; project: string | null }> {
  const { by, verifier, link, ...at } = openState(app, given);
  if (by !== userOf(person)) throw notYours();
  const connection = await repository(app.db, { type: 'system' }).connections.sealed(
    at.projectId,
    at.connectionId,
  );
  if (!connection) throw gone();
  if (code === undefined) throw refused(connection, error ?? 'access_denied');
  const { expiresAt, ...tokens } = await exchangeCode(app, connection, {
    code,
    verifier,
    redirectUri: redirectUri(app),
  }).catch((failure: unknown) => {
    if (failure instanceof RefusedByProvider) throw refused(connection, failure.message);
    throw new AppError(
      'unavailable',
      `The provider of "${connection.name}" did not answer as it should. Try again.`,
    );
  });
  await save(app, person, connection, {
    userId: link?.userId ?? PROJECT_ACCOUNT,
    text: JSON.stringify(tokens),
    preview: 'connected',
    expiresAt,
  });
  if (link) await goOn(app, link);
  const project = link ? null : await repository(app.db, { type: 'system' }).projects.get(at.projectId);
  return { connection: connection.name, project: project?.slug ?? null };
}

/** Accounts that the person connected. */
export function listAccounts(app: App, principal: Principal): Promise<OwnAccount[]> {
  return repository(app.db, principal).connectedAccounts.own();
}

/** Forgets an account that the person connected: their next call asks for it again. */
export async function disconnectAccount(app: App, principal: Principal, id: string): Promise<void> {
  await repository(app.db, principal).connectedAccounts.removeOwn(id);
}

function userOf(principal: Principal): string {
  if (principal.type !== 'user')
    throw new AppError('forbidden', 'Only somebody who is signed in may do this.');
  return principal.userId;
}

async function follow(
  app: App,
  person: Principal,
  token: string,
): Promise<{ link: LinkedAccount; connection: SealedConnection }> {
  const link = openConnectLink(app, token);
  if (link.userId !== userOf(person)) throw notYours();
  const connection = await repository(app.db, { type: 'system' }).connections.sealed(
    link.projectId,
    link.connectionId,
  );
  if (!connection?.perCaller) throw gone();
  return { link, connection };
}

async function save(
  app: App,
  person: Principal,
  connection: SealedConnection,
  { userId, text, ...rest }: { userId: string; text: string; preview: string; expiresAt: Date | null },
): Promise<void> {
  const { organizationId, id: connectionId } = connection;
  const { connectedAccounts } = repository(app.db, { type: 'system' });
  const id = await connectedAccounts.idFor(connectionId, userId);
  const secret = await app.vault.seal(accountPlace({ organizationId, id }), text);
  await connectedAccounts.save({ id, organizationId, connectionId, userId, secret, ...rest }, person);
}

/** Most workflows that call each other. */
const DEEPEST = 16;

/** The run that asked goes on; nothing happens where it has, or its time is over. */
async function goOn(app: App, { runId, connectionId }: LinkedAccount): Promise<void> {
  const { runs } = repository(app.db, { type: 'system' });
  let run = await runs.held(null, runId);
  // What a called workflow asks is answered to the one that was called first.
  for (let depth = 0; run?.parentId && depth < DEEPEST; depth += 1) run = await runs.held(null, run.parentId);
  if (run?.status !== 'suspended') return;
  const asked = openOf(run).filter(
    ({ key, question }) =>
      question.type === 'url' && question.connection === connectionId && !Object.hasOwn(run.answers, key),
  );
  if (asked.length === 0) return;
  const answers = Object.fromEntries(asked.map(({ key }) => [key, { action: 'accept' }]));
  try {
    await giveAnswers(app, run, { answers, by: { type: 'link' }, next: new Date() });
  } catch (error) {
    // Somebody else was first, or it was too late: the account is connected all the same.
    if (!(error instanceof AppError) || !['conflict', 'gone'].includes(error.code)) throw error;
  }
  app.events.publish('run.answered', { runId: run.id });
}

function openState(app: App, given: string): State {
  try {
    if (given.length > MOST_STATE) throw gone();
    const state = JSON.parse(app.secrets.open(given, STATE)) as State;
    if (state.expiresAt > Date.now()) return state;
  } catch {
    // Not told apart: it was not made here, or its time is over.
  }
  throw gone();
}

function refused({ name }: SealedConnection, reason: string): AppError {
  const why = /^[a-z_]{1,60}$/.test(reason) ? reason.replaceAll('_', ' ') : 'no reason was given';
  return new AppError('conflict', `The account for "${name}" was not connected: ${why}.`);
}

function gone(): AppError {
  return new AppError(
    'not_found',
    'This link leads nowhere: its time is over, or the connection is gone. Call the tool again.',
  );
}

function notYours(): AppError {
  return new AppError(
    'forbidden',
    'This link is for somebody else: for the person who made the call. Sign in as them.',
  );
}
