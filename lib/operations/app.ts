import type { Logger } from 'pino';
import type { Secrets } from '#lib/auth/sealing.ts';
import type { Database } from '#lib/db/client.ts';
import type { Events } from '#lib/db/events.ts';
import type { Egress } from '#lib/egress/fetch.ts';
import type { FilesCapability } from '#lib/engine/capabilities.ts';
import type { Sandbox } from '#lib/sandbox/pool.ts';
import type { Env } from './env.ts';
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
  files: FilesCapability;
  secrets: Secrets;
  recorder: RunRecorder;
  live: LiveProjects;
  /** Stops background work, flushes records, closes sandbox processes, sockets and the database. */
  close(): Promise<void>;
}
