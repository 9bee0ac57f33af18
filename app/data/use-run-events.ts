'use client';

import { useEffect, useState } from 'react';
import type { RunEvent } from '#lib/engine/events.ts';
import { api } from './api.ts';

/** Every event of a run from the first on, as they come; `ended` after the last. Nothing while `run` is null. */
export function useRunEvents(project: string, run: string | null): { events: RunEvent[]; ended: boolean } {
  const [events, setEvents] = useState<RunEvent[]>([]);
  useEffect(() => {
    setEvents([]);
    if (run === null) return;
    const address = api.projects[':project'].runs[':run'].events.$url({ param: { project, run } });
    const source = new EventSource(address);
    // A connection that was lost and came back tells everything from the first event on.
    source.onopen = () => setEvents([]);
    source.onmessage = ({ data }) => {
      const event = JSON.parse(data) as RunEvent;
      if (event.type === 'run.finished') source.close();
      setEvents((earlier) => [...earlier, event]);
    };
    return () => source.close();
  }, [project, run]);
  return { events, ended: events.at(-1)?.type === 'run.finished' };
}
