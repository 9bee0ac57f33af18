'use client';

import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { queryKeys } from '#app/data/query-keys.ts';
import type { ClientChoice } from './client-choice.tsx';
import { McpClient, type WireMessage } from './mcp-client.ts';
import { readOffers } from './offers.ts';

/** Messages that are kept to look at. */
const MOST_MESSAGES = 300;

/** A client of the project's, as chosen, with what it is offered and all that went over its wire. */
export function useOffers(project: string, { era, abilities, release, toolset }: ClientChoice) {
  const [messages, setMessages] = useState<readonly WireMessage[]>([]);
  const onWire = useCallback(
    (message: WireMessage) => setMessages((known) => [...known, message].slice(-MOST_MESSAGES)),
    [],
  );
  const { elicitation, sampling, roots } = abilities;
  const client = useMemo(
    () =>
      new McpClient({
        url: tryAddress(project, release, toolset),
        era,
        abilities: { elicitation, sampling, roots },
        onWire,
      }),
    [project, release, toolset, era, elicitation, sampling, roots, onWire],
  );
  const offers = useQuery({
    queryKey: [...queryKeys.project(project), 'try', { release, toolset, era, elicitation, sampling, roots }],
    queryFn: ({ signal }) => readOffers(client, signal),
    // Of a session: another page's is not this one's.
    gcTime: 0,
    staleTime: 60_000,
    retry: false,
  });
  const clear = useCallback(() => setMessages([]), []);
  return { client, offers, messages, clear };
}

function tryAddress(project: string, release: number | null, toolset: string | null): string {
  const query = new URLSearchParams({
    ...(release !== null && { release: String(release) }),
    ...(toolset !== null && { toolset }),
  });
  return `/api/v1/projects/${project}/try${query.size === 0 ? '' : `?${query}`}`;
}
