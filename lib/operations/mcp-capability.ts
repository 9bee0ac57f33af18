import type { Vault } from '#lib/auth/vault.ts';
import type { Database } from '#lib/db/client.ts';
import type { Egress } from '#lib/egress/fetch.ts';
import type { FilesCapability, McpCapability } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { RemoteServer } from '#lib/remote-mcp/egress-fetch.ts';
import { createToolMemory } from '#lib/remote-mcp/memory.ts';
import { readResult } from '#lib/remote-mcp/read-result.ts';
import { connectionHeaders } from './connection-headers.ts';
import type { SecretMask } from './secret-mask.ts';

interface World {
  db: Database;
  vault: Vault;
  egress: Egress;
}

/** Other MCP servers, as the runs of a project reach them. What servers offer is remembered across runs for a moment. */
export function createMcpCapability(
  world: World,
): (scope: { projectId: string; files: FilesCapability; mask: SecretMask }) => McpCapability {
  const memory = createToolMemory();
  return ({ projectId, files, mask }) => ({
    async call({ url, connectionId, tool, arguments: given, timeoutMs }, signal) {
      const server = remoteServer(world, projectId, { url, connectionId, mask });
      const key = JSON.stringify([projectId, url, connectionId ?? null]);
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
  { db, vault, egress }: World,
  projectId: string,
  { url, connectionId, mask }: { url: string; connectionId?: string | undefined; mask: SecretMask },
): RemoteServer {
  const address = URL.parse(url);
  if (!address || !/^https?:$/.test(address.protocol)) {
    throw new StepError('BAD_URL', 'The address of an MCP server begins with https:// or http://.', {
      details: { field: ['url'] },
    });
  }
  return {
    egress,
    url: address.href,
    async credentials(target) {
      if (connectionId === undefined) return {};
      const headers = await connectionHeaders({ db, vault }, projectId, { connectionId, url: target });
      mask.addCredential({ headers, query: {} });
      return headers;
    },
  };
}
