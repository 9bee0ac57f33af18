'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { queryKeys } from '#app/data/query-keys.ts';
import { uploadDocument } from '#app/data/upload-document.ts';

/** One file on its way to a knowledge base. */
export interface Upload {
  id: number;
  file: File;
  state: 'waiting' | 'sending' | 'sent' | 'failed' | 'cancelled';
  /** How much is sent, 0 to 1. */
  part: number;
  /** Why it failed. */
  error: string | null;
}

/** Files that are sent at the same time. */
const AT_ONCE = 2;

/** Sends files to a knowledge base, some at a time, and knows how far each is. What is under way ends with the page. */
export function useUploads(project: string, base: string) {
  const client = useQueryClient();
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const latest = useRef(uploads);
  const stops = useRef(new Map<number, AbortController>());
  const ids = useRef(0);

  const set = useCallback((change: (now: readonly Upload[]) => readonly Upload[]) => {
    latest.current = change(latest.current);
    setUploads(latest.current);
  }, []);
  const patch = useCallback(
    (id: number, change: Partial<Upload>) =>
      set((now) => now.map((upload) => (upload.id === id ? { ...upload, ...change } : upload))),
    [set],
  );

  const next = useCallback((): void => {
    const room = AT_ONCE - stops.current.size;
    for (const { id, file } of latest.current.filter(({ state }) => state === 'waiting').slice(0, room)) {
      const stop = new AbortController();
      stops.current.set(id, stop);
      patch(id, { state: 'sending', part: 0, error: null });
      uploadDocument({
        project,
        base,
        file,
        signal: stop.signal,
        onProgress: (part) => patch(id, { part }),
      })
        .then(
          () => {
            patch(id, { state: 'sent', part: 1 });
            return client.invalidateQueries({ queryKey: queryKeys.knowledge(project) });
          },
          (error: Error) =>
            patch(
              id,
              stop.signal.aborted ? { state: 'cancelled' } : { state: 'failed', error: error.message },
            ),
        )
        .finally(() => {
          stops.current.delete(id);
          next();
        });
    }
  }, [project, base, client, patch]);

  const add = useCallback(
    (files: readonly File[]): void => {
      const added = files.map((file): Upload => {
        ids.current += 1;
        return { id: ids.current, file, state: 'waiting', part: 0, error: null };
      });
      // Those that are done have been seen.
      set((now) => [...now.filter(({ state }) => state !== 'sent'), ...added]);
      next();
    },
    [set, next],
  );
  const cancel = useCallback(
    (id: number): void => {
      const stop = stops.current.get(id);
      if (stop) stop.abort();
      else patch(id, { state: 'cancelled' });
    },
    [patch],
  );
  const retry = useCallback(
    (id: number): void => {
      patch(id, { state: 'waiting', error: null });
      next();
    },
    [patch, next],
  );
  const forget = useCallback(
    (): void => set((now) => now.filter(({ state }) => state === 'waiting' || state === 'sending')),
    [set],
  );
  useEffect(() => {
    const open = stops.current;
    return () => {
      for (const stop of open.values()) stop.abort();
    };
  }, []);

  return { uploads, add, cancel, retry, forget };
}
