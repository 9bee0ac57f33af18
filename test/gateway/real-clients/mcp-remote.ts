import { createRequire } from 'node:module';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { type RealClient, versionOf } from './client.ts';
import { connectOlder } from './official.ts';

const require = createRequire(import.meta.url);
const program = require.resolve('mcp-remote/dist/proxy.js');

/** Runs mcp-remote with the arguments that a settings file has behind `npx -y mcp-remote`. */
export function bridge(folder: string, args: readonly string[], env: Record<string, string>) {
  return new StdioClientTransport({
    command: process.execPath,
    args: [program, ...args],
    env: { ...env, HOME: folder, MCP_REMOTE_CONFIG_DIR: folder },
    stderr: 'ignore',
  });
}

/** The bridge for programs that speak over standard input and output only. */
export const mcpRemote: RealClient = {
  name: `mcp-remote ${versionOf('mcp-remote')}`,
  protocol: '2025-11-25',
  can: { progress: true, elicitation: true },
  connect: ({ url, key, folder }, person) =>
    connectOlder(bridge(folder, [url, '--header', 'Authorization:${KEY}'], { KEY: `Bearer ${key}` }), person),
};
