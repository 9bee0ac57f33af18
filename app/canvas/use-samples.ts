'use client';
import { useQuery } from '@tanstack/react-query';
import { queryKeys } from '#app/data/query-keys.ts';
import { useRun } from './canvas-context.tsx';
import { readRun } from './server.ts';
import { useCanvasSession } from './session-context.tsx';
import { recordedRun } from './system/recorded-run.ts';
import type { RunView } from './system/run-view.ts';

/** The run to show values of: the one on the screen, else the workflow's last one. Null when it never ran. */
export function useSampleRun(): RunView | null {
  const { project, workflow } = useCanvasSession();
  const shown = useRun((state) => state.run);
  const last = workflow.lastRun?.id ?? null;
  const { data } = useQuery({
    queryKey: [...queryKeys.run(project, last ?? ''), 'sample'],
    queryFn: () => readRun(project, last ?? ''),
    enabled: shown === null && last !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  return shown ?? (data ? recordedRun(data) : null);
}
