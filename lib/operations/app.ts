import type { Logger } from 'pino';
import type { ApiKeys } from '#lib/auth/api-keys.ts';
import type { Attempts } from '#lib/auth/attempts.ts';
import type { Secrets } from '#lib/auth/sealing.ts';
import type { SignIn } from '#lib/auth/sign-in.ts';
import type { Database } from '#lib/db/client.ts';
import type { Events } from '#lib/db/events.ts';
import type { Egress } from '#lib/egress/fetch.ts';
import type { Capabilities } from '#lib/engine/capabilities.ts';
import type { Sandbox } from '#lib/sandbox/pool.ts';
import type { RunScope } from './capabilities.ts';
import type { DraftHistory } from './draft-history.ts';
import type { Env } from './env.ts';
import type { FileStore } from './files.ts';
import type { LiveProjects } from './live-projects.ts';
import type { RunRecorder } from './run-recorder.ts';

/** The world of one process. Made once at start, handed to every operation. */
export interface App {
  env: Env;
  db: Database;
  events: Events;
  log: Logger;
  sandbox: Sandbox;
  egress: Egress;
  /** Files by project; nodes and the gateway go through `files.of(projectId)`. */
  files: FileStore;
  secrets: Secrets;
  /** Sessions of people. Loaded on the first call: a process that serves only MCP never needs it. */
  signIn(): Promise<SignIn>;
  /** Who presents an API key: `app.apiKeys.verify(presented)`. */
  apiKeys: ApiKeys;
  /** Failed tries to sign in. */
  attempts: Attempts;
  /** What a run may reach. Cheap: called once for every run. */
  capabilities(scope: RunScope): Capabilities;
  /** Drafts of late, to say what changed. */
  drafts: DraftHistory;
  recorder: RunRecorder;
  live: LiveProjects;
  /** Stops background work, flushes records, closes sandbox processes, sockets and the database. */
  close(): Promise<void>;
}
