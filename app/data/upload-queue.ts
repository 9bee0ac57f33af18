import type { DocumentUpload } from './upload-document.ts';

/** Where an upload is: `sent` means the server has it and reads it; `refused` that it need not be sent. */
export type UploadState = 'waiting' | 'sending' | 'sent' | 'failed' | 'refused';

/** A file on its way into a knowledge base. */
export interface Upload {
  id: number;
  project: string;
  base: string;
  file: File;
  state: UploadState;
  /** Bytes that have left. */
  sentBytes: number;
  /** Why it failed, in a sentence. */
  error: string | null;
  /** What the server made of it. */
  documentId: string | null;
}

/** Sends a file and answers the id of its document. Rejects with an Error whose message is for people. */
type SendFile = (upload: DocumentUpload) => Promise<string>;

/** What the server takes; said before a byte is sent. */
const LARGEST_FILE = 25 * 1024 * 1024;
const READABLE = /\.(md|markdown|txt|text|html?|pdf)$/i;

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

  add(to: { project: string; base: string }, files: readonly File[]): void {
    const added = files.map((file): Upload => {
      this.#number += 1;
      const error = refusalOf(file);
      return {
        ...to,
        id: this.#number,
        file,
        state: error === null ? 'waiting' : 'refused',
        sentBytes: 0,
        error,
        documentId: null,
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

  /** Sends one again, after the others that wait. */
  retry(id: number): void {
    const upload = this.#uploads.find((one) => one.id === id);
    if (!upload) return;
    this.#set(this.#uploads.filter((one) => one.id !== id));
    this.add(upload, [upload.file]);
  }

  /** Forgets those of a base that have ended, well or not. */
  clear(to: { project: string; base: string }): void {
    const stays = ({ project, base, state }: Upload): boolean =>
      project !== to.project || base !== to.base || state === 'waiting' || state === 'sending';
    this.#set(this.#uploads.filter(stays));
  }

  #goOn(): void {
    const sending = this.#uploads.filter(({ state }) => state === 'sending').length;
    const next = this.#uploads.filter(({ state }) => state === 'waiting').slice(0, AT_ONCE - sending);
    for (const upload of next) this.#start(upload);
  }

  #start({ id, project, base, file }: Upload): void {
    const stop = new AbortController();
    this.#stops.set(id, stop);
    this.#change(id, { state: 'sending', sentBytes: 0 });
    const onProgress = (bytes: number): void => this.#change(id, { sentBytes: Math.min(bytes, file.size) });
    this.#send({ project, base, file, signal: stop.signal, onProgress })
      .then(
        (documentId) => this.#change(id, { state: 'sent', sentBytes: file.size, documentId }),
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

/** Why a file need not be sent at all; null when it may be. */
function refusalOf({ name, size }: File): string | null {
  if (!READABLE.test(name)) return 'Files of this type are not read. Take Markdown, text, HTML or PDF.';
  if (size > LARGEST_FILE) return 'It is larger than 25 MB. Split it, or take out its images.';
  if (size === 0) return 'It is empty.';
  return null;
}
