import type { Client } from '#app/data/types.ts';

/** How far the client that is waited for has come. */
export interface FirstCall {
  /** The one that came furthest; null while none came through. */
  client: Client | null;
  /** One that came and was turned away, later than all that came through. */
  refused: Client | null;
  discovered: boolean;
  listed: boolean;
  called: boolean;
}

/**
 * The client that somebody connects. `before`: ids of those that were there when the waiting began; null, when any will
 * do.
 */
export function firstCallOf(clients: readonly Client[], before: ReadonlySet<string> | null): FirstCall {
  const eligible = clients.filter(({ id }) => !before?.has(id));
  const client = bestOf(eligible.filter(({ access }) => access !== 'refused'));
  const refused = eligible
    .filter(({ access }) => access === 'refused')
    .toSorted((one, other) => other.lastSeenAt.localeCompare(one.lastSeenAt))[0];
  return {
    client,
    refused: refused && (!client || refused.lastSeenAt > client.lastSeenAt) ? refused : null,
    // Some list or call without having looked first.
    discovered: client !== null,
    listed: client !== null && (client.listedAt !== null || client.calledAt !== null),
    called: client !== null && client.calledAt !== null,
  };
}

/** The furthest; of several that called, the one that called first. */
function bestOf(clients: readonly Client[]): Client | null {
  const reached = ({ discoveredAt, listedAt, calledAt }: Client): number =>
    calledAt !== null ? 3 : listedAt !== null ? 2 : discoveredAt !== null ? 1 : 0;
  const [best] = clients.toSorted(
    (one, other) =>
      reached(other) - reached(one) ||
      (one.calledAt ?? '').localeCompare(other.calledAt ?? '') ||
      other.lastSeenAt.localeCompare(one.lastSeenAt),
  );
  return best ?? null;
}
