import type { Client, PriorDiscovery, RequestOptions } from '@modelcontextprotocol/client';
import { type RemoteTool, remoteTool } from './definition.ts';
import type { RemoteServer } from './egress-fetch.ts';
import { type SessionOptions, withServer } from './session.ts';

/** What a server says of itself and offers. */
export interface RemoteTools {
  server: { name: string; title: string | null; version: string | null };
  tools: RemoteTool[];
  /** The era it speaks: saves the next connection from asking. */
  prior: PriorDiscovery;
}

/** Asks a server for its tools. Throws as `withServer` does. */
export function listRemoteTools(server: RemoteServer, options: SessionOptions): Promise<RemoteTools> {
  return withServer(server, options, readTools);
}

/** The tools of the server that a client is connected to. */
export async function readTools(client: Client, options: RequestOptions): Promise<RemoteTools> {
  const { tools } = await client.listTools(undefined, { ...options, cacheMode: 'refresh' });
  const about = client.getServerVersion();
  const discover = client.getDiscoverResult();
  return {
    server: {
      name: about?.name ?? '',
      title: about?.title ?? null,
      version: about?.version ?? null,
    },
    tools: tools.map(remoteTool),
    prior: discover ? { kind: 'modern', discover } : { kind: 'legacy' },
  };
}
