import type { Exchange } from './exchange.ts';
import { BATCH_VERSION, isLegacyVersion, MODERN_VERSION } from './protocol.ts';

/**
 * The revision in which a request is answered. A client of 2025 that has no session and names none in a header is taken
 * for one of the revision that had no such header.
 */
export function revisionOf({ caller, era }: Pick<Exchange, 'caller' | 'era'>): string {
  if (era === 'modern') return MODERN_VERSION;
  const named = caller.session?.protocolVersion ?? caller.headers['mcp-protocol-version'];
  return typeof named === 'string' && isLegacyVersion(named) ? named : BATCH_VERSION;
}

/** A server has a title besides its name since 2025-06-18. Dates compare as text. */
export function hasTitles(revision: string): boolean {
  return revision >= '2025-06-18';
}

/** Results have links to resources since 2025-06-18. */
export function hasLinks(revision: string): boolean {
  return revision >= '2025-06-18';
}

/** What is listed, and the server, have icons since 2025-11-25. */
export function hasIcons(revision: string): boolean {
  return revision >= '2025-11-25';
}
