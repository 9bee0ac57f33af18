import type { HttpCapability } from './capabilities.ts';
import { StepError } from './errors.ts';

/** HTTP calls of one run that may be under way together; the others wait. */
const CONCURRENT = 10;

/** The same capability for one run: `calls` in all, ten at a time. Throws StepError `HTTP_CALLS` beyond that. */
export function budgetHttp(http: HttpCapability, calls: number): HttpCapability {
  let made = 0;
  let open = 0;
  const waiting: (() => void)[] = [];

  function turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const take = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        waiting.splice(waiting.indexOf(take), 1);
        reject(signal.reason);
      };
      waiting.push(take);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  return {
    async request(request, signal) {
      made += 1;
      if (made > calls) {
        throw new StepError(
          'HTTP_CALLS',
          `The run made more than ${calls} HTTP calls, which is its limit. Fetch more with each, or spread the work over several runs.`,
        );
      }
      signal.throwIfAborted();
      if (open >= CONCURRENT) await turn(signal);
      else open += 1;
      try {
        return await http.request(request, signal);
      } finally {
        // The place passes to whoever waits, without ever being free.
        const next = waiting.shift();
        if (next) next();
        else open -= 1;
      }
    },
  };
}
