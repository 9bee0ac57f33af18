import type { Upload } from '#app/data/upload-queue.ts';
import { bytes } from '#app/ui/quantity.ts';
import { type Outcome, outcomeWords } from './outcome-words.ts';

/** What is shown of a file that was given: where it is, or what became of it. */
export interface UploadLine {
  key: string;
  name: string;
  /** The upload it is of. */
  id: number;
  state: 'waiting' | 'sending' | 'refused' | 'failed' | Outcome;
  words: string;
  /** Null for a file out of an archive. */
  upload: Upload | null;
  documentId: string | null;
}

/** Those that need an eye come first, then what goes on, then what went well. */
const ORDER: Record<UploadLine['state'], number> = {
  refused: 0,
  failed: 0,
  sending: 1,
  changed: 2,
  added: 2,
  unchanged: 3,
  waiting: 4,
};

/** One line for each file; an archive has one for each file in it. */
export function uploadLines(uploads: readonly Upload[]): UploadLine[] {
  return uploads.flatMap(linesOf).sort((a, b) => ORDER[a.state] - ORDER[b.state]);
}

function linesOf(upload: Upload): UploadLine[] {
  const { id, path, file, state, sentBytes, error, answers } = upload;
  const line = { key: `${id}`, name: path, id, upload, documentId: null };
  switch (state) {
    case 'waiting':
      return [{ ...line, state, words: 'Waiting' }];
    case 'sending':
      return [{ ...line, state, words: `${bytes(sentBytes)} of ${bytes(file.size)}` }];
    case 'failed':
    case 'refused':
      return [{ ...line, state, words: error ?? 'It could not be sent.' }];
    case 'sent':
      return answers.map((answer, index): UploadLine => {
        const key = `${id} ${index}`;
        const own = answers.length === 1 ? upload : null;
        if ('error' in answer) {
          const name = `${path} ▸ ${answer.name}`;
          return { ...line, key, name, upload: own, state: 'refused', words: answer.error };
        }
        const { document, outcome } = answer;
        const name = answers.length === 1 ? path : `${path} ▸ ${document.name}`;
        const words = capital(outcomeWords(outcome));
        return { key, id, name, upload: own, documentId: document.id, state: outcome, words };
      });
  }
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** How many of each. */
export function countLines(lines: readonly UploadLine[]): Record<Outcome | 'refused' | 'underway', number> {
  const counts = { added: 0, changed: 0, unchanged: 0, refused: 0, underway: 0 };
  for (const { state } of lines) {
    if (state === 'waiting' || state === 'sending') counts.underway += 1;
    else if (state === 'failed' || state === 'refused') counts.refused += 1;
    else counts[state] += 1;
  }
  return counts;
}
