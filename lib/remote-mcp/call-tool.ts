import type { CallToolResult, Tool } from '@modelcontextprotocol/client';
import type { PinnedTool } from '#lib/engine/capabilities.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { oneLine } from '#lib/workflow/text.ts';
import type { RemoteTool } from './definition.ts';
import type { RemoteServer } from './egress-fetch.ts';
import { type RemoteTools, readTools } from './list-tools.ts';
import { type SessionOptions, withServer } from './session.ts';

export interface RemoteCall {
  tool: PinnedTool;
  arguments: JsonObject;
}

/** What is known of servers from a moment ago, each under a name of the caller's. */
export interface ToolMemory {
  get(): RemoteTools | undefined;
  set(tools: RemoteTools): void;
  forget(): void;
}

/**
 * Calls a tool, when it is still the one that was pinned. What is remembered of the server is asked for again
 * before a change is believed. Throws StepError `MCP_DEFINITION_CHANGED` (`details.definition` and `details.hash`
 * are those of now), `MCP_TOOL_MISSING`, and as `withServer` does.
 */
export async function callRemoteTool(
  server: RemoteServer,
  call: RemoteCall,
  { memory, ...options }: Omit<SessionOptions, 'prior'> & { memory: ToolMemory },
): Promise<CallToolResult> {
  const remembered = memory.get();
  try {
    return await withServer(server, { ...options, prior: remembered?.prior }, async (client, request) => {
      let found = remembered?.tools.find((tool) => isPinned(tool, call.tool));
      if (!found) {
        const present = await readTools(client, request);
        memory.set(present);
        found = pinnedIn(present, call.tool, new URL(server.url).host);
      }
      return await client.callTool(
        { name: call.tool.name, arguments: call.arguments },
        { ...request, toolDefinition: found.definition as unknown as Tool },
      );
    });
  } catch (error) {
    // The server may have become another one.
    memory.forget();
    throw error;
  }
}

function isPinned(tool: RemoteTool, { name, hash }: PinnedTool): boolean {
  return tool.name === name && tool.hash === hash;
}

function pinnedIn({ tools }: RemoteTools, pinned: PinnedTool, host: string): RemoteTool {
  const tool = tools.find(({ name }) => name === pinned.name);
  if (!tool) {
    const names = tools.slice(0, 50).map(({ name }) => name);
    throw new StepError(
      'MCP_TOOL_MISSING',
      `${host} has no tool "${pinned.name}" any more. It has: ${oneLine(names.join(', '), 500) || 'none'}.`,
      { details: { host, tools: names } },
    );
  }
  if (isPinned(tool, pinned)) return tool;
  throw new StepError(
    'MCP_DEFINITION_CHANGED',
    `${host} has changed its tool "${pinned.name}" since it was chosen. It is not called until an editor has looked at the change and accepted it in this step.`,
    { details: { host, definition: tool.definition, hash: tool.hash } },
  );
}
