import type { Method } from '../exchange.ts';
import { CAPABILITIES, LEGACY_VERSIONS, serverInfo } from '../protocol.ts';

/**
 * `initialize` (2025): agrees on a revision. Nothing is remembered and no session is made: every later request
 * stands for itself, on any replica and after a restart.
 */
export const initialize: Method = ({ caller: { project }, message }) => {
  const asked = message.params?.['protocolVersion'];
  const protocolVersion = LEGACY_VERSIONS.find((version) => version === asked) ?? LEGACY_VERSIONS[0];
  return JSON.stringify({
    protocolVersion,
    capabilities: CAPABILITIES,
    serverInfo: serverInfo(project),
    ...(project.instructions && { instructions: project.instructions }),
  });
};
