import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from '#lib/db/principal.ts';
import type { App } from '#lib/operations/app.ts';
import type { LiveProject } from '#lib/operations/live.ts';
import type { Admission } from './admission.ts';
import type { Calls } from './calls.ts';
import type { ClientRequestIds } from './client-request-id.ts';
import type { Holds } from './holds.ts';
import type { LogLevel } from './log-messages.ts';
import type { Era, RpcRequest } from './protocol.ts';
import type { Reply } from './reply.ts';
import type { SessionStates } from './session-states.ts';
import type { Session, Sessions } from './sessions.ts';

/** What a client has set on its connection, which is as long as it: a session that nobody else needs to know of. */
export interface ConnectionState {
  /** The least urgent level of log messages that it wants; null when it did not say. */
  logLevel: LogLevel | null;
}

/** Who asks, and whom. The same for all messages of one HTTP request; made for each message of a connection. */
export interface Caller {
  app: App;
  project: LiveProject;
  principal: Principal;
  /** Shares its limits: a key, or an address where none is needed. */
  admissionKey: string;
  /** The session; without one, as far as two clients can be told apart: key, address, program. */
  identity: string;
  headers: IncomingHttpHeaders;
  /** What is known of the connection where it carries messages both ways, see `Connection`. */
  connection?: ConnectionState;
  /** Of a 2025 client that has one. */
  session: Session | null;
  sessions: Sessions;
  states: SessionStates;
  requestIds: ClientRequestIds;
  admission: Admission;
  holds: Holds;
  calls: Calls;
  /** Aborts when nobody waits for the answer any more. */
  signal: AbortSignal;
}

/** One request, to be answered. */
export interface Exchange {
  caller: Caller;
  era: Era;
  message: RpcRequest;
  reply: Reply;
}

/** Answers a request with its result as JSON text; so that what never changes is written out once. */
export type Method = (exchange: Exchange) => string | Promise<string>;
