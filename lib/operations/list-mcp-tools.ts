import { AppError } from '#lib/db/app-error.ts';
import type { Principal } from '#lib/db/principal.ts';
import { StepError } from '#lib/engine/errors.ts';
import type { RemoteTool } from '#lib/remote-mcp/definition.ts';
import { listRemoteTools, type RemoteTools } from '#lib/remote-mcp/list-tools.ts';
import type { App } from './app.ts';
import { findProject } from './find-project.ts';
import { remoteServer } from './mcp-capability.ts';
import { mayEdit } from './roles.ts';
import { runCaller } from './run-caller.ts';

/** ms that somebody waits for a list. */
const TIMEOUT_MS = 20_000;

export interface McpTools {
  server: RemoteTools['server'];
  tools: RemoteTool[];
}

/**
 * The tools of another MCP server as they are now, to choose one from. Throws `not_found` when there is no such
 * connection, and `invalid` with the words and the code of the failure when the server cannot be asked.
 */
export async function listMcpTools(
  app: App,
  principal: Principal,
  project: string,
  { url, connection, signal }: { url: string; connection?: string | undefined; signal: AbortSignal },
): Promise<McpTools> {
  const { id } = await findProject(app, principal, project);
  mayEdit(principal, 'look at the tools of other servers');
  const mask = app.masks.create();
  try {
    const remote = remoteServer(
      app,
      { projectId: id, runId: '', caller: runCaller(principal, null) },
      { url, connectionId: connection, mask },
    );
    const { server, tools } = await listRemoteTools(remote, { signal, timeoutMs: TIMEOUT_MS });
    return mask.value({ server, tools });
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    const code = error.code === 'CONNECTION_MISSING' ? 'not_found' : 'invalid';
    throw new AppError(code, mask.text(error.message), { failure: error.code });
  }
}
