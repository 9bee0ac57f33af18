/** How many calls run at once in one process; others wait for their turn. */
export const CALLS_AT_ONCE = { perCaller: 64, perProject: 128, perProcess: 256 } as const;

/** Event streams that stay open in one process. */
export const STREAMS_AT_ONCE = { perCaller: 100, perProcess: 8192 } as const;
