'use client';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useCanvasSession } from './session-context.tsx';
import type { RunView } from './system/run-view.ts';
import { sampleQuery } from './use-samples.ts';

/** Fetches the run whose values can be used, as `useSampleRun` chooses it: for commands, which draw nothing. */
export function useEarlierRun(): () => Promise<RunView | null> {
  const { project, session, workflow } = useCanvasSession();
  const queries = useQueryClient();
  const last = workflow.lastRun?.id ?? null;
  return useCallback(async () => {
    const { run: shown } = session.runs.getState();
    if (shown || last === null) return shown;
    // A run that is gone by now is no run to use values of.
    return queries.fetchQuery(sampleQuery(project, last)).catch(() => null);
  }, [session, project, last, queries]);
}
