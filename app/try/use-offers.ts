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
export function useOffers(project: string, { era, abilities, release }: ClientChoice) {
  const [messages, setMessages] = useState<readonly WireMessage[]>([]);
  const onWire = useCallback(
    (message: WireMessage) => setMessages((known) => [...known, message].slice(-MOST_MESSAGES)),
    [],
  );
  const { elicitation, sampling, roots } = abilities;
  const client = useMemo(
    () =>
      new McpClient({
        url: `/api/v1/projects/${project}/try${release === null ? '' : `?release=${release}`}`,
        era,
        abilities: { elicitation, sampling, roots },
        onWire,
      }),
    [project, release, era, elicitation, sampling, roots, onWire],
  );
  const offers = useQuery({
    queryKey: [...queryKeys.project(project), 'try', { release, era, elicitation, sampling, roots }],
    queryFn: ({ signal }) => readOffers(client, signal),
    // Of a session: another page's is not this one's.
    gcTime: 0,
    staleTime: 60_000,
    retry: false,
  });
  const clear = useCallback(() => setMessages([]), []);
  return { client, offers, messages, clear };
}
