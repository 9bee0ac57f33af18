/** Event streams that stay open in one process. */
export const STREAMS_AT_ONCE = { perCaller: 100, perProcess: 8192 } as const;
