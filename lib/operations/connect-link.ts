import type { App } from './app.ts';
import { noSuchLink } from './question-link.ts';

/** Which account a link is there to connect, whose, and for which run. */
export interface LinkedAccount {
  connectionId: string;
  projectId: string;
  userId: string;
  runId: string;
  /** ms since the epoch */
  expiresAt: number;
}

const CONTEXT = 'connect-link';
const MOST_CHARACTERS = 2000;

/**
 * The page where a person connects an account of their own. The link alone is good for nothing: the page wants that
 * very person signed in, so that nobody connects an account in somebody else's name (MCP 2025-11-25, elicitation:
 * "Identifying the User").
 */
export function connectLink(
  { env, secrets }: { env: Pick<App['env'], 'publicUrl'>; secrets: App['secrets'] },
  account: LinkedAccount,
): string {
  const { connectionId, projectId, userId, runId, expiresAt } = account;
  const token = secrets.seal(JSON.stringify([connectionId, projectId, userId, runId, expiresAt]), CONTEXT);
  return `${env.publicUrl}/connect-account/${token}`;
}

/** What a link is there for. Throws `not_found` for one that was not made here, or whose time is over. */
export function openConnectLink({ secrets }: Pick<App, 'secrets'>, token: string): LinkedAccount {
  if (token.length > MOST_CHARACTERS) throw noSuchLink();
  let opened: [string, string, string, string, number];
  try {
    opened = JSON.parse(secrets.open(token, CONTEXT)) as typeof opened;
  } catch {
    throw noSuchLink();
  }
  const [connectionId, projectId, userId, runId, expiresAt] = opened;
  if (expiresAt <= Date.now()) throw noSuchLink();
  return { connectionId, projectId, userId, runId, expiresAt };
}
