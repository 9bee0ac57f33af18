import { StepError } from '#lib/engine/errors.ts';

const TIMEOUTS: Record<string, string> = {
  UND_ERR_CONNECT_TIMEOUT: 'did not accept a connection in time',
  ETIMEDOUT: 'did not accept a connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'did not begin to answer in time',
  UND_ERR_BODY_TIMEOUT: 'stopped in the middle of its answer',
};

/** Faults of the other side's certificate: trying again will not mend them. */
const CERTIFICATE = /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

/**
 * What went wrong on the wire, as a StepError: `TIMEOUT`, `TOO_LARGE` or `NETWORK`; a StepError stays as it is.
 * `host` is named, never the whole address, which may hold a key.
 */
export function failureOf(error: unknown, host: string): StepError {
  if (error instanceof StepError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const details = { host, cause: code };
  const timeout = TIMEOUTS[code];
  if (timeout)
    return new StepError('TIMEOUT', `${host} ${timeout}.`, { transient: true, details, cause: error });
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new StepError('TOO_LARGE', `The headers ${host} answers with are too large.`, {
      details,
      cause: error,
    });
  }
  if (CERTIFICATE.test(code)) {
    const message = `The certificate of ${host} cannot be trusted (${code}).`;
    return new StepError('NETWORK', message, { details, cause: error });
  }
  const transient = !/^(UND_ERR_INVALID_ARG|HPE_)/.test(code);
  const message = `The connection to ${host} failed${code ? ` (${code})` : ''}.`;
  return new StepError('NETWORK', message, { transient, details, cause: error });
}
