import { join } from 'node:path';
import type { Logger } from 'pino';
import { type AccessTokens, createAccessTokens } from '#lib/auth/access-tokens.ts';
import { type ApiKeys, createApiKeys } from '#lib/auth/api-keys.ts';
import { type Attempts, createAttempts } from '#lib/auth/attempts.ts';
import { readMasterKeys } from '#lib/auth/master-keys.ts';
import type { Secrets } from '#lib/auth/sealing.ts';
import type { SignIn } from '#lib/auth/sign-in.ts';
import { openVault, type Vault } from '#lib/auth/vault.ts';
import { type Database, openDatabase } from '#lib/db/client.ts';
import { type Events, openEvents } from '#lib/db/events.ts';
import { repository } from '#lib/db/repository.ts';
import { createEgress, type Egress } from '#lib/egress/fetch.ts';
import { createPostgres } from '#lib/egress/postgres.ts';
import type { Capabilities } from '#lib/engine/capabilities.ts';
import { shareReader } from '#lib/knowledge/read-document.ts';
import { type ApiReader, createApiReader } from '#lib/openapi/api-reader.ts';
import { createParser } from '#lib/parse/parser.ts';
import { createSandbox, type Sandbox } from '#lib/sandbox/pool.ts';
import { type Background, createBackground } from './background.ts';
import { type CallAudit, createCallAudit } from './call-audit.ts';
import { type CallCounter, createCallCounter } from './call-counter.ts';
import { type CallLimiter, createCallLimiter } from './call-limiter.ts';
import { createCapabilities, type RunScope } from './capabilities.ts';
import { checkAgent } from './check-agent.ts';
import { type ClientLog, createClientLog } from './client-log.ts';
import { createDraftHistory, type DraftHistory } from './draft-history.ts';
import type { Env } from './env.ts';
import { createFileStore, type FileStore } from './files.ts';
import { createLiveProjects, type LiveProjects } from './live-projects.ts';
import { withToolsets } from './live-toolsets.ts';
import { createLog } from './log.ts';
import { createMailer, type Mailer } from './mail.ts';
import { pinnedAddress } from './pinned-address.ts';
import { createPinnedProjects } from './pinned-projects.ts';
import { createPresence, type Presence } from './presence.ts';
import { createRetrieval, type Retrieval } from './retrieval.ts';
import { createRunRecorder, type RunRecorder } from './run-recorder.ts';
import { createSecretMasks, type SecretMasks } from './secret-mask.ts';

/** The world of one process. Made once at start, handed to every operation. */
export interface App {
  env: Env;
  db: Database;
  events: Events;
  log: Logger;
  sandbox: Sandbox;
  egress: Egress;
  /** The same to public addresses alone, whatever EGRESS_ALLOW says: for addresses that strangers name. */
  publicEgress: Egress;
  /** Files by project; nodes and the gateway go through `files.of(projectId)`. */
  files: FileStore;
  /** Keys that are derived, and what is sealed for a short time. */
  secrets: Secrets;
  /** Seals what is stored. */
  vault: Vault;
  /** Keep secrets that runs got hold of out of what they leave behind. */
  masks: SecretMasks;
  /** Sessions of people. Loaded on the first call: a process that serves only MCP never needs it. */
  signIn(): Promise<SignIn>;
  /** Letters to people; null where no mail server is set. */
  mailer: Mailer | null;
  /** Who presents an API key: `app.apiKeys.verify(presented)`. */
  apiKeys: ApiKeys;
  /** Who presents an access token of OAuth. */
  accessTokens: AccessTokens;
  /** Failed tries to sign in, and to guess a link. */
  attempts: Attempts;
  /** What a run may reach. Cheap: called once for every run. */
  capabilities(scope: RunScope): Capabilities;
  /** Look-ups by vectors. */
  retrieval: Retrieval;
  /** Descriptions of APIs, from which workflows are made. */
  apis: ApiReader;
  /** Drafts of late, to say what changed. */
  drafts: DraftHistory;
  /** Who has which workflow open. */
  presence: Presence;
  /** Runs that go on after their caller got an answer. */
  background: Background;
  recorder: RunRecorder;
  /** Puts calls of tools into the audit log. */
  callAudit: CallAudit;
  /** Counts calls, for the charts. */
  calls: CallCounter;
  /** Lets calls in, as far as limits allow. */
  limiter: CallLimiter;
  /** What clients do at the addresses of projects. */
  clients: ClientLog;
  live: LiveProjects;
  /** Stops background work, flushes records, closes sandbox processes, sockets and the database. */
  close(): Promise<void>;
}

/** ms that runs get to finish when the process ends. */
const GRACE_MS = 5000;

/**
 * Opens the database (and brings it up to date), and makes everything the operations need. Starts no process and
 * listens nowhere. Throws when the database or the encryption key cannot be used.
 */
export async function createApp(env: Env): Promise<App> {
  const masks = createSecretMasks(secretsOf(env));
  const log = createLog(env.logLevel, masks.line);
  const masterKeys = readMasterKeys({
    given: env.encryptionKey,
    previous: env.previousKeys,
    dataDir: env.dataDir,
  });
  const db = await openDatabase(env.databaseUrl);
  if (db.withoutGraphs !== null) {
    log.info(
      { why: db.withoutGraphs },
      'large knowledge bases are searched without a graph of their vectors',
    );
  }
  const vault = await openVault(db, masterKeys).catch(async (error: unknown) => {
    await db.close();
    throw error;
  });
  const { secrets } = vault;
  const events = await openEvents(db);
  const egress = createEgress({ allow: env.egressAllow });
  const publicEgress = createEgress({ allow: [] });
  const postgres = createPostgres({ allow: env.egressAllow });
  const sandbox = createSandbox({ jit: env.sandboxJit, log: (message, facts) => log.info(facts, message) });
  const documentReader = shareReader({ log: (message, facts) => log.info(facts, message) });
  const parser = createParser();
  const files = createFileStore(join(env.dataDir, 'files'));
  const apiKeys = createApiKeys({ db, events, secrets, log });
  const accessTokens = createAccessTokens({ db, events, secrets, log });
  const callAudit = createCallAudit({ db, log });
  const calls = createCallCounter({ db, log });
  const limiter = createCallLimiter({ db, log });
  const recorder = createRunRecorder({ insert: db.insertRuns, ended: calls.note, events, log });
  const background = createBackground(log);
  const clients = createClientLog({ db, log, ownAgent: checkAgent(secrets) });
  const { projects } = repository(db, { type: 'system' });
  const latest = createLiveProjects({ load: (slug) => projects.live(slug), events, log });
  const pinned = createPinnedProjects({
    load: (slug, release) => projects.pinned(slug, release),
    latest,
    events,
    log,
  });
  const ofAddress = (address: string) => (pinnedAddress(address) ? pinned : latest);
  const live = withToolsets({
    get: (address) => ofAddress(address).get(address),
    needsRead: (address) => ofAddress(address).needsRead(address),
    close() {
      latest.close();
      pinned.close();
    },
  });
  let signIn: Promise<SignIn> | null = null;

  const app: App = {
    env,
    db,
    events,
    log,
    sandbox,
    egress,
    publicEgress,
    files,
    secrets,
    vault,
    masks,
    signIn() {
      signIn ??= import('#lib/auth/sign-in.ts').then(({ openSignIn }) =>
        openSignIn({ db, secrets, publicUrl: env.publicUrl }),
      );
      return signIn;
    },
    mailer: createMailer(env, log),
    apiKeys,
    accessTokens,
    attempts: createAttempts(events),
    capabilities: createCapabilities({
      app: () => app,
      live,
      db,
      events,
      egress,
      postgres,
      sandbox,
      files,
      parser,
      vault,
      masks,
    }),
    retrieval: createRetrieval({ db, events, env, log }),
    apis: createApiReader(),
    drafts: createDraftHistory(),
    presence: createPresence({ events }),
    background,
    recorder,
    callAudit,
    calls,
    limiter,
    clients,
    live,
    async close() {
      app.presence.close();
      await background.drain(GRACE_MS);
      await recorder.close();
      await callAudit.close();
      await calls.close();
      await limiter.close();
      await clients.close();
      live.close();
      apiKeys.close();
      accessTokens.close();
      postgres.close();
      await app.retrieval.close();
      await Promise.all([
        sandbox.close(),
        documentReader.close(),
        egress.close(),
        publicEgress.close(),
        parser.close(),
      ]);
      await events.close();
      await db.close();
    },
  };
  return app;
}

/** Secrets of the process itself. */
function secretsOf({ encryptionKey, previousKeys, databaseUrl, mail, admin }: Env): string[] {
  const addresses = [databaseUrl, mail?.url].map((url) => url && URL.parse(url)?.password);
  return [encryptionKey, ...previousKeys, ...addresses, admin?.password].filter(
    (secret): secret is string => typeof secret === 'string',
  );
}
