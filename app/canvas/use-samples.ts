'use client';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { queryKeys } from '#app/data/query-keys.ts';
import { useRun } from './canvas-context.tsx';
import { readRun } from './server.ts';
import { useCanvasSession } from './session-context.tsx';
import { recordedRun } from './system/recorded-run.ts';
import type { RunView } from './system/run-view.ts';

/** A recorded run, to take values of. */
export function sampleQuery(project: string, run: string) {
  return queryOptions({
    queryKey: [...queryKeys.run(project, run), 'sample'],
    queryFn: async () => recordedRun(await readRun(project, run)),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

/** The run to show values of: the one on the screen, else the workflow's last one. Null when it never ran. */
export function useSampleRun(): RunView | null {
  const { project, workflow } = useCanvasSession();
  const shown = useRun((state) => state.run);
  const last = workflow.lastRun?.id ?? null;
  const { data } = useQuery({
    ...sampleQuery(project, last ?? ''),
    enabled: shown === null && last !== null,
  });
  return shown ?? data ?? null;
}
