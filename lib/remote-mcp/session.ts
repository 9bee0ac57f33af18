import {
  Client,
  type ClientOptions,
  type PriorDiscovery,
  type RequestOptions,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { StepError } from '#lib/engine/errors.ts';
import type { JsonSchema } from '#lib/workflow/json.ts';
import { compileSchema, type Validate } from '#lib/workflow/validator.ts';
import { egressFetch, type RemoteServer } from './egress-fetch.ts';
import { remoteFailure } from './failure.ts';

export interface SessionOptions {
  signal: AbortSignal;
  /** ms for everything: connecting, listing, calling. */
  timeoutMs: number;
  /** Which era of the protocol the server was found to speak a moment ago; left out: it is asked. */
  prior?: PriorDiscovery;
}

/** ms to say goodbye in, which nobody waits for. */
const LEAVE_MS = 2000;
/** Pages of a list of tools. */
const MAX_PAGES = 20;

/**
 * Speaks with a server: connects in the era of the protocol it speaks, hands over the client, and leaves. Whatever
 * the server asks for is declined: no abilities are declared. Throws StepError: `MCP_ERROR`, `MCP_INPUT_REQUIRED`,
 * those of the egress, `TIMEOUT`, and `CANCELLED` when `signal` aborts.
 */
export async function withServer<T>(
  server: RemoteServer,
  { signal, timeoutMs, prior }: SessionOptions,
  work: (client: Client, options: RequestOptions) => Promise<T>,
): Promise<T> {
  const { host } = new URL(server.url);
  const stop = new AbortController();
  const cancel = () => stop.abort(new StepError('CANCELLED', 'The call of the MCP server was cancelled.'));
  const overdue = new StepError('TIMEOUT', `${host} took longer than ${timeoutMs / 1000} s.`, {
    transient: true,
  });
  const timer = setTimeout(() => stop.abort(overdue), timeoutMs);
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();

  const client = new Client({ name: 'patchbay', title: 'Patchbay', version: '1' }, CLIENT);
  const transport = new StreamableHTTPClientTransport(new URL(server.url), {
    fetch: egressFetch(server, { timeoutMs, failed: (error) => stop.abort(error) }),
    onInsufficientScope: 'throw',
  });
  const stopped = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason), { once: true });
  });
  // The limit above comes first.
  const options = { signal: stop.signal, timeout: timeoutMs + 1000 };
  try {
    stop.signal.throwIfAborted();
    return await Promise.race([
      stopped,
      client.connect(transport, { ...options, prior }).then(() => work(client, options)),
    ]);
  } catch (error) {
    throw remoteFailure(stop.signal.aborted ? stop.signal.reason : error, host);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
    stopped.catch(ignore);
    void leave(client, transport);
  }
}

/** Ends the session, where the server keeps one, and closes what is open. Nobody waits for it; its failure is nobody's. */
async function leave(client: Client, transport: StreamableHTTPClientTransport): Promise<void> {
  const timer = setTimeout(() => void client.close().catch(ignore), LEAVE_MS);
  await transport.terminateSession().catch(ignore);
  clearTimeout(timer);
  await client.close().catch(ignore);
}

const CLIENT: ClientOptions = {
  capabilities: {},
  versionNegotiation: { mode: 'auto' },
  inputRequired: { autoFulfill: false },
  listMaxPages: MAX_PAGES,
  // The SDK's own compiles any schema, of any size, with any pattern.
  jsonSchemaValidator: {
    getValidator<T>(schema: object) {
      const validate = validatorOf(schema as JsonSchema);
      return (input: unknown) => {
        const faults = validate(input);
        return faults
          ? { valid: false, data: undefined, errorMessage: faults.join('; ') }
          : { valid: true, data: input as T, errorMessage: undefined };
      };
    },
  },
};

/** A schema that is refused here checks nothing: what a remote tool promises is no promise of ours. */
function validatorOf(schema: JsonSchema): Validate {
  try {
    return compileSchema(schema);
  } catch {
    return () => null;
  }
}

function ignore(): void {
  // Whoever needs to know was told.
}
