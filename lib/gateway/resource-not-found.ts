import { Fault } from './errors.ts';
import type { Exchange } from './exchange.ts';

/** There is no such resource, or not for this caller: -32602 in 2026-07-28, -32002 before. */
export function resourceNotFound(
  { era }: Pick<Exchange, 'era'>,
  uri: string,
  words = `Resource not found: ${uri.slice(0, 300)}`,
): Fault {
  return new Fault(era === 'modern' ? 'invalid_params' : 'resource_not_found', words, { data: { uri } });
}
