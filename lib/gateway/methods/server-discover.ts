import { SERVER_INFO_META_KEY } from '@modelcontextprotocol/server';
import type { Method } from '../exchange.ts';
import { CAPABILITIES, cacheHints, MODERN_VERSION } from '../protocol.ts';
import { fullServerInfo } from '../server-info.ts';

/** `server/discover` (2026): what this server is and can do. */
export const serverDiscover: Method = ({ caller: { project, principal } }) =>
  JSON.stringify({
    resultType: 'complete',
    supportedVersions: [MODERN_VERSION],
    capabilities: CAPABILITIES.modern,
    ...(project.instructions && { instructions: project.instructions }),
    ...cacheHints(project, principal),
    _meta: { [SERVER_INFO_META_KEY]: fullServerInfo(project, MODERN_VERSION) },
  });
