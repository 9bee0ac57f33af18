/** Carries events between the processes that share a database. */
export interface Transport {
  /** Tells the others. Throws when the database does not answer. */
  send(message: string): Promise<void>;
  /**
   * `onMessage`: what another process sent (or this one; the sender's mark is in the message).
   * `onGap`: something may have been written, or said, without a message: caches must be dropped.
   */
  listen(onMessage: (message: string) => void, onGap: () => void): void;
  close(): Promise<void>;
}
