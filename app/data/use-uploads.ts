'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { queryKeys } from './query-keys.ts';
import { uploadDocument } from './upload-document.ts';
import { type Upload, UploadQueue } from './upload-queue.ts';

const queue = new UploadQueue(uploadDocument);

// A tab that is closed takes the files with it that are not sent yet: the browser asks first.
if (typeof window !== 'undefined') {
  const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
  let asks = false;
  queue.subscribe(() => {
    const should = queue.underway > 0;
    if (should === asks) return;
    asks = should;
    if (should) window.addEventListener('beforeunload', ask);
    else window.removeEventListener('beforeunload', ask);
  });
}

const NONE: readonly Upload[] = [];
/** Of many files that arrive one after the other, the documents are asked for so often, in ms. */
const LOOK_AGAIN_MS = 400;

/** Files on their way into a knowledge base, and what can be done with them. The documents follow as they arrive. */
export function useUploads(project: string, base: string) {
  const client = useQueryClient();
  const all = useSyncExternalStore(
    queue.subscribe,
    () => queue.uploads,
    () => NONE,
  );
  const uploads = all.filter((upload) => upload.project === project && upload.base === base);
  const arrived = uploads.filter(({ state }) => state === 'sent').length;
  useEffect(() => {
    if (arrived === 0) return;
    const timer = setTimeout(
      () => void client.invalidateQueries({ queryKey: queryKeys.knowledge(project) }),
      LOOK_AGAIN_MS,
    );
    return () => clearTimeout(timer);
  }, [arrived, client, project]);
  const to = { project, base };
  return {
    uploads,
    add: (files: readonly { file: File; path: string }[]) => queue.add(to, files),
    cancel: (id: number) => queue.cancel(id),
    cancelAll: () => queue.cancelAll(to),
    retry: (id: number) => queue.retry(id),
    clear: () => queue.clear(to),
  };
}

/** How many files have not reached the server yet, at this moment. */
export function uploadsUnderway(): number {
  return queue.underway;
}
