import { abilitiesOf } from '../client-abilities.ts';
import type { Method } from '../exchange.ts';
import { holderOf } from '../holder.ts';
import { CAPABILITIES, implementationName, LEGACY_VERSIONS, OLDER_VERSION } from '../protocol.ts';
import { fullServerInfo } from '../server-info.ts';

/**
 * `initialize` (2025): agrees on a revision and hands out a session. Nothing is remembered: what the client said of
 * itself stands in the session's id, and every later request is served by any replica, and after a restart. A
 * client that leaves the id out is served as well, but is asked nothing.
 */
export const initialize: Method = ({ caller, message, reply }) => {
  const { project, principal, sessions, states } = caller;
  const { protocolVersion: asked, capabilities, clientInfo } = message.params ?? {};
  const versions = caller.connection ? [...LEGACY_VERSIONS, OLDER_VERSION] : LEGACY_VERSIONS;
  const protocolVersion = versions.find((version) => version === asked) ?? LEGACY_VERSIONS[0];
  const client = implementationName(clientInfo);
  const facts = { protocolVersion, client, abilities: abilitiesOf(capabilities) };
  const session = sessions.issue(facts, holderOf(project, principal));
  states.began(session);
  reply.header('mcp-session-id', session.id);
  return JSON.stringify({
    protocolVersion,
    capabilities: CAPABILITIES.legacy,
    serverInfo: fullServerInfo(project, protocolVersion),
    ...(project.instructions && { instructions: project.instructions }),
  });
};
