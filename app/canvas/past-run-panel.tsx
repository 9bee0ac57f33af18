'use client';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { Status } from '#app/ui/status.tsx';
import { useCanvas, useRun } from './canvas-context.tsx';
import { useCanvasSession } from './session-context.tsx';
import { changesBetween } from './system/changes.ts';

/** Beside a past run, with no step selected: how it ended, and what was done to the draft since. */
export function PastRunPanel() {
  const { session } = useCanvasSession();
  const run = useRun((state) => state.run);
  const ran = useCanvas((state) => state.document);
  const draft = useStore(session.canvas, (state) => state.document);
  const changes = useMemo(() => changesBetween(ran, draft), [ran, draft]);
  return (
    <div className="flex flex-col gap-4 p-4">
      <section aria-label="Run">
        <h2 className="mb-1 font-medium text-14">The graph as it ran</h2>
        {run && <Status status={run.status} />}
        {run?.error && <p className="mt-1 break-words text-danger-ink">{run.error.message}</p>}
        <p className="mt-2 text-muted">
          It is only to look at. Select a step to see its settings, and what went into and came out of it.
        </p>
      </section>
      <section aria-label="Changed since">
        <h3 className="mb-1 font-medium">Changed in the draft since</h3>
        <ul className="flex list-disc flex-col gap-0.5 pl-4">
          {changes.map(({ text }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two changes may be told in the same words
            <li key={index}>{text}</li>
          ))}
        </ul>
      </section>
    </div>
  );
}
