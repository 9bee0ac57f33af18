import {
  MissingRequiredClientCapabilityError,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { StepError } from '#lib/engine/errors.ts';
import { oneLine } from '#lib/workflow/text.ts';

/** What went wrong with another MCP server, for who wrote the workflow. `host` is named, never the whole address. */
export function remoteFailure(error: unknown, host: string): StepError {
  const chain = causes(error);
  const known = chain.find((cause) => cause instanceof StepError);
  if (known) return known;
  const http = chain.find((cause) => SdkHttpError.isInstance(cause));
  if (http) return httpFailure(http, host, error);
  const fault = (message: string, options: { transient?: boolean; code?: string | number } = {}) =>
    new StepError('MCP_ERROR', message, {
      transient: options.transient ?? false,
      details: { host, ...(options.code !== undefined && { code: options.code }) },
      cause: error,
    });
  for (const cause of chain) {
    if (cause instanceof UnauthorizedError) return refused(host, 401, error);
    if (MissingRequiredClientCapabilityError.isInstance(cause)) return wantsInput(host, error);
    if (ProtocolError.isInstance(cause)) {
      return fault(`${host} answered with an error: ${oneLine(cause.message, 500)}`, { code: cause.code });
    }
    if (!SdkError.isInstance(cause)) continue;
    switch (cause.code) {
      case SdkErrorCode.RequestTimeout:
        return new StepError('TIMEOUT', `${host} did not answer in time.`, { transient: true, cause: error });
      case SdkErrorCode.ConnectionClosed:
      case SdkErrorCode.SendFailed:
        return fault(`The connection to ${host} broke off before it answered.`, { transient: true });
      case SdkErrorCode.UnsupportedResultType:
        return wantsInput(host, error);
      case SdkErrorCode.InvalidResult:
        return fault(`The answer of ${host} is not valid: ${oneLine(cause.message, 500)}`);
      case SdkErrorCode.ListPaginationExceeded:
        return fault(`The list of tools of ${host} does not end.`);
    }
  }
  return fault(
    `${host} does not answer as an MCP server does over Streamable HTTP: check the address. (${oneLine(messageOf(error), 300)})`,
  );
}

/** The server asks for a person, a model or files, which stand behind a chat and not behind a step. */
function wantsInput(host: string, cause: unknown): StepError {
  return new StepError(
    'MCP_INPUT_REQUIRED',
    `The tool of ${host} asks its caller a question, which a step cannot answer. Ask first (Ask user), and pass the answer as an argument.`,
    { details: { host }, cause },
  );
}

function httpFailure(http: SdkHttpError, host: string, cause: unknown): StepError {
  const { status } = http;
  if (status === 401 || status === 403) return refused(host, status, cause);
  const details = { host, status: status ?? null };
  if (status !== undefined && status >= 300 && status < 400) {
    // The SDK names where it leads, without query.
    return new StepError('MCP_ERROR', `${host}: ${oneLine(http.message, 300)}`, { details, cause });
  }
  if (status === 404 || status === 405) {
    const message = `${host} answered ${status}: there is no MCP server at this address.`;
    return new StepError('MCP_ERROR', message, { details, cause });
  }
  const transient = status === 429 || (status !== undefined && status >= 500);
  const hint = transient ? 'Try again later.' : 'Check the address.';
  return new StepError('MCP_ERROR', `${host} answered ${status ?? 'with an error'}. ${hint}`, {
    transient,
    details,
    cause,
  });
}

function refused(host: string, status: number, cause: unknown): StepError {
  return new StepError(
    'MCP_ERROR',
    `${host} did not accept the credentials (${status}): choose a connection it knows, or check its secret.`,
    { details: { host, status }, cause },
  );
}

function causes(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let at = error; at instanceof Error && chain.length < 10; at = at.cause) chain.push(at);
  return chain;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
