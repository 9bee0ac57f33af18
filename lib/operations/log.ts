import { type Logger, pino } from 'pino';

/** JSON lines on standard error. What could be a secret is left out by name; `mask` sees every line before it is written. */
export function createLog(level: string, mask = (line: string): string => line): Logger {
  return pino(
    {
      level,
      base: undefined,
      hooks: { streamWrite: mask },
      redact: {
        paths: [
          'password',
          'secret',
          'token',
          'authorization',
          'cookie',
          '*.password',
          '*.secret',
          '*.authorization',
          '*.cookie',
        ],
        censor: '(redacted)',
      },
    },
    pino.destination({ dest: 2, sync: false }),
  );
}
