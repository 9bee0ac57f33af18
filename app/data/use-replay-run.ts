'use client';

import { useMutation } from '@tanstack/react-query';
import { answerAs, api } from './api.ts';
import type { Replay } from './types.ts';

/** Runs the draft against what a run got from outside, by the run's id. Nothing is changed. */
export function useReplayRun(project: string) {
  return useMutation({
    mutationFn: (run: string) =>
      answerAs<Replay>(api.projects[':project'].runs[':run'].replay.$post({ param: { project, run } })),
  });
}
