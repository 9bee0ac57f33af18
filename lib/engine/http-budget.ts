import type { Capabilities } from './capabilities.ts';
import { StepError } from './errors.ts';

/** Outgoing calls of one run that may be under way together; the others wait. */
const CONCURRENT = 10;

/**
 * The same capabilities for one run: `calls` of other services in all, be it by HTTP or as a tool of another MCP server,
 * ten at a time. They throw StepError `HTTP_CALLS` beyond that.
 */
export function budgetCalls(
  { http, mcp }: Pick<Capabilities, 'http' | 'mcp'>,
  calls: number,
): Pick<Capabilities, 'http' | 'mcp'> {
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

  async function counted<Answer>(signal: AbortSignal, call: () => Promise<Answer>): Promise<Answer> {
    made += 1;
    if (made > calls) {
      throw new StepError(
        'HTTP_CALLS',
        `The run made more than ${calls} calls of other services, which is its limit.`,
      );
    }
    signal.throwIfAborted();
    if (open >= CONCURRENT) await turn(signal);
    else open += 1;
    try {
      return await call();
    } finally {
      // The place passes to whoever waits, without ever being free.
      const next = waiting.shift();
      if (next) next();
      else open -= 1;
    }
  }

  return {
    http: { request: (request, signal) => counted(signal, () => http.request(request, signal)) },
    mcp: { call: (call, signal) => counted(signal, () => mcp.call(call, signal)) },
  };
}
