'use client';

import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api.ts';
import { queryKeys } from './query-keys.ts';

/** What another MCP server offers now. It is asked only while `enabled`, and again after a minute at the earliest. */
export function useMcpTools(
  project: string | null,
  server: { url: string; connection: string | undefined },
  { enabled }: { enabled: boolean },
) {
  return useQuery({
    queryKey: queryKeys.mcpTools(project ?? '', server.url, server.connection),
    queryFn: ({ signal }) =>
      answer(
        api.projects[':project']['mcp-tools'].$post(
          { param: { project: project ?? '' }, json: server },
          { init: { signal } },
        ),
      ),
    enabled: enabled && project !== null,
    staleTime: 60_000,
    // Somebody else's server: an error is shown, not asked for again and again.
    retry: false,
  });
}
