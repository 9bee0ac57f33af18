'use client';

import { useWorkflows } from '#app/data/use-workflows.ts';
import type { Choosable } from './choose-names.tsx';

/** The workflows of a project, to choose some by their names. */
export function useChoosable(project: string): Choosable[] {
  const items = useWorkflows(project).data?.items ?? [];
  return items.map(({ name, kind, liveVersion }) => {
    const notes = [kind !== 'tool' && kind, liveVersion === null && 'not published'].filter(Boolean);
    return { value: name, ...(notes.length > 0 && { note: notes.join(', ') }) };
  });
}
