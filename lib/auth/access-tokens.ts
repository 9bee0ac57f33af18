import type { Logger } from 'pino';
import type { Database } from '#lib/db/client.ts';
import { DATABASE_CHANGED, type Events } from '#lib/db/events.ts';
import type { StoredToken } from '#lib/db/oauth-tokens.ts';
import type { Principal, Role } from '#lib/db/principal.ts';
import { repository } from '#lib/db/repository.ts';
import { CredentialMemory } from './credential-memory.ts';
import { hashNothing, matches, parseKey } from './key-format.ts';
import type { Secrets } from './sealing.ts';

/** What a good token says. */
export interface VerifiedToken {
  principal: Extract<Principal, { type: 'grant' }>;
  /** The address that it is for, and no other. */
  resource: string;
  expiresAt: Date;
  /** As granted. */
  scopes: readonly string[];
  /** What the person is in the project. */
  role: Role;
}

/** Access tokens of OAuth: `app.accessTokens.verify(presented)`. */
export interface AccessTokens {
  /**
   * Who presents this token. Null when it is none, has expired or was revoked, when the person has no access any
   * more, and when the address is gone or takes no OAuth.
   */
  verify(presented: string): Promise<VerifiedToken | null>;
  /** Whether it was found to be a token here before; it may have ended since. Asks nobody. */
  isKnown(presented: string): boolean;
  close(): void;
}

export interface AccessTokensOptions {
  db: Database;
  events: Pick<Events, 'subscribe'>;
  secrets: Secrets;
  log: Logger;
}

/** Whether it may be an access token: API keys begin otherwise. */
export function isAccessToken(presented: string): boolean {
  return presented.startsWith('pba_');
}

/** Checks access tokens. One whose grant is revoked ends with the news of it, and after five seconds without. */
export function createAccessTokens({ db, events, secrets, log }: AccessTokensOptions): AccessTokens {
  const { oauthTokens } = repository(db, { type: 'system' });
  const memory = new CredentialMemory<StoredToken>((id) => oauthTokens.find(id));
  const lookAgain = () => memory.lookAgainAtAll();
  const ends = [
    events.subscribe('grant.revoked', (payload) => {
      const { grantId } = payload as { grantId: string };
      // One that is being read may have been read before.
      memory.lookAgain((found) => found === undefined || found?.grantId === grantId);
    }),
    events.subscribe('project.changed', lookAgain),
    events.subscribe('member.changed', lookAgain),
    events.subscribe(DATABASE_CHANGED, lookAgain),
  ];

  function touch(grantId: string): void {
    memory.touch(grantId, (at) => {
      oauthTokens
        .touch(grantId, at)
        .catch((error) => log.warn({ err: error, grantId }, 'last use of a grant was not noted'));
    });
  }

  return {
    async verify(presented) {
      const parsed = parseKey(presented, 'pba');
      if (!parsed) return null;
      const token = await memory.read(parsed.id);
      // An unknown id costs as much as a wrong secret.
      const same = matches(secrets, token?.hash ?? hashNothing(secrets), parsed.random);
      if (!token || !same || token.revoked || token.role === null) return null;
      if (token.expiresAt.getTime() <= Date.now()) return null;
      if (token.access !== 'oauth' && token.access !== 'public') return null;
      touch(token.grantId);
      const { grantId, clientId, userId, organizationId, projectId, resource, expiresAt, role } = token;
      const { tools, readOnly, scopes } = token;
      const reach = { tools, readOnly, scopes };
      return {
        principal: { type: 'grant', grantId, clientId, userId, organizationId, projectId, ...reach },
        resource,
        expiresAt,
        scopes,
        role,
      };
    },
    isKnown(presented) {
      const parsed = parseKey(presented, 'pba');
      const found = parsed && memory.last(parsed.id);
      return found ? matches(secrets, found.hash, parsed.random) : false;
    },
    close() {
      for (const end of ends) end();
      memory.clear();
    },
  };
}
