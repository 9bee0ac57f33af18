import { DOCUMENT_ENDINGS, MOST_DOCUMENT_BYTES, READABLE_FORMATS } from '#lib/workflow/document-formats.ts';
import type { DocumentUpload, UploadAnswer } from './upload-document.ts';

/** Where an upload is: `sent` means the server has it; `refused` that it need not be sent. */
export type UploadState = 'waiting' | 'sending' | 'sent' | 'failed' | 'refused';

/** A file on its way into a knowledge base. */
export interface Upload {
  id: number;
  project: string;
  base: string;
  file: File;
  /** What it is called within what was chosen: `guides/returns.md`. */
  path: string;
  state: UploadState;
  /** Bytes that have left. */
  sentBytes: number;
  /** Why it failed, in a sentence. */
  error: string | null;
  /** What the server made of it: of an archive one for each file in it. */
  answers: readonly UploadAnswer[];
}

/** Sends a file. Rejects with an Error whose message is for people. */
type SendFile = (upload: DocumentUpload) => Promise<UploadAnswer[]>;

const ENDINGS = new Set([...DOCUMENT_ENDINGS, '.zip']);
const MOST_ZIP_BYTES = 100 * 1024 * 1024;

/** Files sent at once. */
const AT_ONCE = 2;

/**
 * Files that wait, are sent, or failed. It lives beside the pages: uploads go on while one looks elsewhere. One file
 * that is refused stops no other.
 */
export class UploadQueue {
  readonly #send: SendFile;
  readonly #listeners = new Set<() => void>();
  readonly #stops = new Map<number, AbortController>();
  #uploads: readonly Upload[] = [];
  #number = 0;

  constructor(send: SendFile) {
    this.#send = send;
  }

  /** The same array until something changes. */
  get uploads(): readonly Upload[] {
    return this.#uploads;
  }

  /** How many have not reached the server yet. */
  get underway(): number {
    return this.#uploads.filter(({ state }) => state === 'waiting' || state === 'sending').length;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  add(to: { project: string; base: string }, files: readonly { file: File; path: string }[]): void {
    const added = files.map(({ file, path }): Upload => {
      this.#number += 1;
      const error = refusalOf(file);
      return {
        project: to.project,
        base: to.base,
        id: this.#number,
        file,
        path,
        state: error === null ? 'waiting' : 'refused',
        sentBytes: 0,
        error,
        answers: [],
      };
    });
    this.#set([...this.#uploads, ...added]);
    this.#goOn();
  }

  /** Takes one out, and stops it if it is being sent. */
  cancel(id: number): void {
    this.#set(this.#uploads.filter((upload) => upload.id !== id));
    this.#stops.get(id)?.abort();
    this.#goOn();
  }

  /** Takes out all of a base that wait or are being sent. */
  cancelAll(to: { project: string; base: string }): void {
    const doomed = this.#uploads.filter((upload) => isOf(upload, to) && isUnderway(upload));
    this.#set(this.#uploads.filter((upload) => !doomed.includes(upload)));
    for (const { id } of doomed) this.#stops.get(id)?.abort();
  }

  /** Sends one again, after the others that wait. */
  retry(id: number): void {
    const upload = this.#uploads.find((one) => one.id === id);
    if (!upload) return;
    this.#set(this.#uploads.filter((one) => one.id !== id));
    this.add(upload, [upload]);
  }

  /** Forgets those of a base that have ended, well or not. */
  clear(to: { project: string; base: string }): void {
    this.#set(this.#uploads.filter((upload) => !isOf(upload, to) || isUnderway(upload)));
  }

  #goOn(): void {
    const sending = this.#uploads.filter(({ state }) => state === 'sending').length;
    const next = this.#uploads.filter(({ state }) => state === 'waiting').slice(0, AT_ONCE - sending);
    for (const upload of next) this.#start(upload);
  }

  #start({ id, project, base, file, path }: Upload): void {
    const stop = new AbortController();
    this.#stops.set(id, stop);
    this.#change(id, { state: 'sending', sentBytes: 0 });
    const onProgress = (bytes: number): void => this.#change(id, { sentBytes: Math.min(bytes, file.size) });
    this.#send({ project, base, file, path, signal: stop.signal, onProgress })
      .then(
        (answers) => this.#change(id, endOf(answers, file)),
        (error: unknown) =>
          this.#change(id, {
            state: 'failed',
            error: error instanceof Error ? error.message : String(error),
          }),
      )
      .finally(() => {
        this.#stops.delete(id);
        this.#goOn();
      });
  }

  #change(id: number, part: Partial<Upload>): void {
    if (!this.#uploads.some((upload) => upload.id === id)) return;
    this.#set(this.#uploads.map((upload) => (upload.id === id ? { ...upload, ...part } : upload)));
  }

  #set(uploads: readonly Upload[]): void {
    this.#uploads = uploads;
    for (const listener of this.#listeners) listener();
  }
}

function isOf(upload: Upload, to: { project: string; base: string }): boolean {
  return upload.project === to.project && upload.base === to.base;
}

function isUnderway({ state }: Upload): boolean {
  return state === 'waiting' || state === 'sending';
}

/** One file that the server refused has failed; of an archive the others were taken. */
function endOf(answers: readonly UploadAnswer[], file: File): Partial<Upload> {
  const [only] = answers;
  if (answers.length === 1 && only && 'error' in only)
    return { state: 'refused', error: only.error, answers };
  return { state: 'sent', sentBytes: file.size, answers };
}

/** Why a file need not be sent at all; null when it may be. */
function refusalOf({ name, size }: File): string | null {
  const ending = /\.[^.]+$/.exec(name)?.[0].toLowerCase() ?? '';
  if (!ENDINGS.has(ending))
    return `Files of this type are not read. Take ${READABLE_FORMATS}, or a zip of them.`;
  const most = ending === '.zip' ? MOST_ZIP_BYTES : MOST_DOCUMENT_BYTES;
  if (size > most) return `It is larger than ${most / 1024 / 1024} MB. Split it, or take out its images.`;
  if (size === 0) return 'It is empty.';
  return null;
}
