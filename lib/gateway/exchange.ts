import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from '#lib/db/principal.ts';
import type { App } from '#lib/operations/app.ts';
import type { LiveProject } from '#lib/operations/live.ts';
import type { Admission } from './admission.ts';
import type { Calls } from './calls.ts';
import type { ClientRequestIds } from './client-request-id.ts';
import type { Holds } from './holds.ts';
import type { Era, RpcRequest } from './protocol.ts';
import type { Reply } from './reply.ts';
import type { Session, Sessions } from './sessions.ts';

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
  /** On a connection that carries messages both ways, see `Connection`. */
  connected?: boolean;
  /** Of a 2025 client that has one. */
  session: Session | null;
  sessions: Sessions;
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
