import type { FilesCapability, McpCapability } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { RemoteServer } from '#lib/remote-mcp/egress-fetch.ts';
import { createToolMemory } from '#lib/remote-mcp/memory.ts';
import { readResult } from '#lib/remote-mcp/read-result.ts';
import type { AccountWorld, OnBehalf } from './account-credential.ts';
import { connectionHeaders } from './connection-headers.ts';
import type { SecretMask } from './secret-mask.ts';

/** The project, and for whom its run reaches out. */
type McpScope = OnBehalf & { projectId: string; files: FilesCapability; mask: SecretMask };

/** Other MCP servers, as the runs of a project reach them. What servers offer is remembered across runs for a moment. */
export function createMcpCapability({
  app,
}: {
  app: () => AccountWorld;
}): (scope: McpScope) => McpCapability {
  const memory = createToolMemory();
  return ({ files, mask, ...scope }) => ({
    async call({ url, connectionId, tool, arguments: given, timeoutMs }, signal) {
      const server = remoteServer(app(), scope, { url, connectionId, mask });
      const key = JSON.stringify([scope.projectId, url, connectionId ?? null, scope.caller.userId ?? null]);
      // Loaded with the first call: a server that has none starts sooner and smaller without the client.
      const { callRemoteTool } = await import('#lib/remote-mcp/call-tool.ts');
      try {
        const result = await callRemoteTool(
          server,
          { tool, arguments: given },
          { signal, timeoutMs, memory: memory(key) },
        );
        return await readResult(mask.value(result), tool.name, files);
      } catch (error) {
        throw mask.error(error);
      }
    },
  });
}

/** A server, reached through the egress with the credential of a project's connection. */
export function remoteServer(
  world: AccountWorld,
  scope: OnBehalf & { projectId: string },
  { url, connectionId, mask }: { url: string; connectionId?: string | undefined; mask: SecretMask },
): RemoteServer {
  const address = URL.parse(url);
  if (!address || !/^https?:$/.test(address.protocol)) {
    throw new StepError('BAD_URL', 'The address of an MCP server begins with https:// or http://.', {
      details: { field: ['url'] },
    });
  }
  return {
    egress: world.egress,
    url: address.href,
    async credentials(target) {
      if (connectionId === undefined) return {};
      const headers = await connectionHeaders(world, scope, { connectionId, url: target });
      mask.addCredential({ headers, query: {} });
      return headers;
    },
  };
}
