import type { Method } from '../exchange.ts';
import { CAPABILITIES, cacheHints, MODERN_VERSION, resultMeta } from '../protocol.ts';

/** `server/discover` (2026): what this server is and can do. */
export const serverDiscover: Method = ({ caller: { project } }) =>
  JSON.stringify({
    resultType: 'complete',
    supportedVersions: [MODERN_VERSION],
    capabilities: CAPABILITIES.modern,
    ...(project.instructions && { instructions: project.instructions }),
    ...cacheHints(project),
    _meta: resultMeta(project),
  });
