import type { Client, ClientAccess } from '#lib/db/clients.ts';
import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { App } from './app.ts';
import { adviceOn, type RequestFailure } from './client-advice.ts';
import { findProject } from './find-project.ts';

export interface ClientView {
  id: string;
  name: string;
  version: string | null;
  access: ClientAccess;
  /** What is shown of its key; null where it has none. */
  key: { name: string | null; preview: string } | null;
  protocol: string | null;
  firstSeenAt: string;
  lastSeenAt: string;
  discoveredAt: string | null;
  listedAt: string | null;
  calledAt: string | null;
  requests: number;
  failures: number;
}

export interface ClientRequestView {
  id: string;
  at: string;
  ms: number;
  method: string;
  tool: string | null;
  transport: 'http' | 'stream' | 'websocket' | 'sse';
  era: 'modern' | 'legacy' | null;
  protocol: string | null;
  status: number | null;
  code: number | null;
  failure: RequestFailure | null;
  /** The failure in words, and what to do. */
  what: string | null;
  detail: string | null;
  todo: string | null;
  runId: string | null;
}

/** Who called the project within the last week, the one seen last first. */
export async function listClients(app: App, principal: Principal, slug: string): Promise<ClientView[]> {
  const { id } = await findProject(app, principal, slug);
  await app.clients.flush();
  const repo = repository(app.db, principal);
  const [clients, keys] = await Promise.all([repo.clients.list(id), repo.keys.list(id)]);
  const keysById = new Map(keys.map((key) => [key.id, key]));
  return clients.map((client) => viewOf(client, keyOf(client, keysById)));
}

/** The last requests of one client, the newest first. Throws `not_found`. */
export async function listClientRequests(
  app: App,
  principal: Principal,
  at: { project: string; client: string },
): Promise<ClientRequestView[]> {
  const { id } = await findProject(app, principal, at.project);
  await app.clients.flush();
  const requests = await repository(app.db, principal).clients.requests(id, at.client);
  return requests.map(({ id, at, facts }) => {
    // Written by the client log alone.
    const known = facts as unknown as Omit<ClientRequestView, 'id' | 'at' | 'what' | 'todo'>;
    const advice = known.failure === null ? { what: null, todo: null } : adviceOn(known.failure);
    return { ...known, id, at: at.toISOString(), ...advice };
  });
}

function keyOf(
  { keyId, preview }: Client,
  keys: ReadonlyMap<string, { name: string; preview: string }>,
): ClientView['key'] {
  if (keyId === null) return preview === null ? null : { name: null, preview };
  const key = keys.get(keyId);
  // Revoked since.
  return key
    ? { name: key.name, preview: key.preview }
    : { name: null, preview: `pbk_${keyId.slice(0, 4)}…` };
}

function viewOf(client: Client, key: ClientView['key']): ClientView {
  const { keyId: _, preview: __, ...rest } = client;
  return {
    ...rest,
    key,
    firstSeenAt: client.firstSeenAt.toISOString(),
    lastSeenAt: client.lastSeenAt.toISOString(),
    discoveredAt: client.discoveredAt?.toISOString() ?? null,
    listedAt: client.listedAt?.toISOString() ?? null,
    calledAt: client.calledAt?.toISOString() ?? null,
  };
}
