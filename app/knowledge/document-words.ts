import type { KnowledgeDocument } from '#app/data/types.ts';
import { count } from '#app/ui/quantity.ts';
import type { StatusName } from '#app/ui/status.tsx';

/** How a document stands. */
export interface DocumentState {
  status: StatusName;
  words: string;
  /** More to say about it. */
  detail: string | null;
  /** How far reading is, in percent; null while nothing is read. */
  progress: number | null;
}

type Standing = Pick<KnowledgeDocument, 'status' | 'error' | 'chunkCount' | 'live' | 'next'>;

/** What people are told of a document: whether it is found, and what is being done with it. */
export function documentState({ status, error, chunkCount, live, next }: Standing): DocumentState {
  const found = live !== null;
  if (next?.state === 'failed' || (status === 'failed' && !found)) {
    const why = error ?? 'It could not be read.';
    return found
      ? {
          status: 'warning',
          words: `Version ${next?.version ?? ''} could not be read`.replace('  ', ' '),
          detail: `${why} Version ${live.version} is found meanwhile.`,
          progress: null,
        }
      : { status: 'failed', words: 'Failed', detail: why, progress: null };
  }
  if (next !== null || status === 'pending') {
    const words = underwayWords(next?.state ?? 'waiting', next?.progress ?? 0);
    const waits = next === null || next.state === 'waiting';
    return {
      status: waits ? 'queued' : 'pending',
      words: found ? `New version: ${words.charAt(0).toLowerCase()}${words.slice(1)}` : words,
      detail: found ? 'The old one is found meanwhile.' : null,
      progress: waits ? null : (next?.progress ?? 0),
    };
  }
  return { status: 'succeeded', words: count(chunkCount, 'passage'), detail: null, progress: null };
}

function underwayWords(state: string, progress: number): string {
  if (state === 'waiting') return 'Waiting to be read';
  const part = `${Math.round(progress)} %`;
  return state === 'embedding' ? `Making vectors, ${part}` : `Reading, ${part}`;
}
