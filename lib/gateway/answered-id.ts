import { isJsonObject } from '#lib/workflow/json.ts';
import { isModernVersion } from './era.ts';
import { envelopeVersion, isRequestId, type RequestId } from './protocol.ts';

/**
 * The id in an error that answers this message, as far as one can be made out. Where none can, JSON-RPC and the
 * revisions of 2025 want null, and 2026-07-28 wants it left out, which is undefined here. `version` is what the header
 * MCP-Protocol-Version says; the message itself is believed first.
 */
export function answeredId(body: unknown, version: string | undefined): RequestId | null | undefined {
  // That of an answer is the server's own: the client may have a request of this name under way.
  const id = isJsonObject(body) && 'method' in body ? body['id'] : undefined;
  if (isRequestId(id)) return id;
  const said = isJsonObject(body) && isJsonObject(body['params']) ? envelopeVersion(body) : undefined;
  return isModernVersion(typeof said === 'string' ? said : version) ? undefined : null;
}
