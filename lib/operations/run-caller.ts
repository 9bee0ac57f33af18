import type { Principal } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import type { CallerFacts } from '#lib/workflow/caller.ts';
import type { App } from './app.ts';

/** Who began a run: what is kept of it while it waits, and handed on to the workflows that it calls. */
export type RunCaller = {
  type: CallerFacts['type'];
  /** The person's id. */
  userId?: string;
  /** Name and version the client gave itself: `claude-code 2.1`. */
  client?: string;
  scopes?: string[];
};

/** The caller that schedules and webhooks are. */
export const TRIGGER: RunCaller = { type: 'trigger' };

/** Who began a run, by whom a call comes from. */
export function runCaller(principal: Principal, client: string | null): RunCaller {
  const named = client === null ? {} : { client };
  switch (principal.type) {
    case 'user':
      return { type: 'user', userId: principal.userId, ...named };
    case 'grant':
      return { type: 'user', userId: principal.userId, scopes: [...principal.scopes], ...named };
    case 'key':
      return { type: 'key', ...named };
    case 'public':
      return { type: 'public', ...named };
    case 'system':
      return TRIGGER;
  }
}

/** The caller as a workflow sees it. A person who is gone has no name any more. */
export async function callerFacts(
  app: Pick<App, 'db'>,
  organizationId: string,
  { type, userId, client, scopes = [] }: RunCaller,
): Promise<CallerFacts> {
  return {
    type,
    user: userId === undefined ? null : await userFacts(app, organizationId, userId),
    client: client === undefined ? null : clientFacts(client),
    scopes,
  };
}

async function userFacts(
  { db }: Pick<App, 'db'>,
  organizationId: string,
  id: string,
): Promise<CallerFacts['user']> {
  const person = await repository(db, { type: 'system' }).members.person(organizationId, id);
  return { id, name: person?.name ?? '', email: person?.email ?? '' };
}

/** The version is the last word, where it looks like one. */
function clientFacts(client: string): NonNullable<CallerFacts['client']> {
  const [, name, version] = /^(.*\S)\s+v?(\d\S*)$/.exec(client) ?? [];
  return { name: name ?? client, version: version ?? null };
}
