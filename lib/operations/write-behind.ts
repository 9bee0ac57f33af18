/** What is written now and then, and at the end. */
export interface WriteBehind {
  /** Writes what there is, after what is being written already. */
  flush(): Promise<void>;
  /** Writes the last of it. */
  close(): Promise<void>;
}

/** Calls `write`, which must not reject, every `everyMs`, and never twice at a time. It keeps no process alive. */
export function writeBehind(everyMs: number, write: () => Promise<void>): WriteBehind {
  let writing: Promise<void> = Promise.resolve();
  const flush = (): Promise<void> => {
    writing = writing.then(write);
    return writing;
  };
  const timer = setInterval(() => void flush(), everyMs);
  timer.unref();
  return {
    flush,
    close() {
      clearInterval(timer);
      return flush();
    },
  };
}
