import { type Logger, pino } from 'pino';

/** JSON lines on standard error. What could be a secret is left out by name. */
export function createLog(level: string): Logger {
  return pino(
    {
      level,
      base: undefined,
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
