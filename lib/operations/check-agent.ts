import type { Secrets } from '#lib/auth/sealing.ts';

/**
 * What the connection check calls itself. The mark is known to the replicas of this server alone: requests that
 * carry it, some of which are wrong on purpose, are not shown among those of clients.
 */
export function checkAgent(secrets: Secrets): string {
  return `patchbay-connection-check/${secrets.derive('connection-check').toString('hex').slice(0, 24)}`;
}
