export type Role = 'owner' | 'admin' | 'editor' | 'viewer';

/** What of a project a credential is good for. */
export interface Reach {
  /** Names of the tools it may see and call; null = all of the project. */
  tools: readonly string[] | null;
  /** Only tools that change nothing. */
  readOnly: boolean;
  /** Names of tools that it may call although it may only read. */
  also?: readonly string[];
}

/**
 * Who asks. Every function of the data layer takes one and builds its own `where` from it, so that a foreign
 * id is simply not found (404). There is no default: without a principal nothing can be read.
 */
export type Principal =
  | {
      type: 'user';
      userId: string;
      organizationId: string;
      /** In the project they are in; without one in the organization. */
      role: Role;
      /**
       * The project they have entered. Without it editors and viewers see which projects there are and nothing inside
       * them, as each may give them another role.
       */
      projectId?: string;
    }
  | ({
      type: 'key';
      keyId: string;
      organizationId: string;
      projectId: string;
      /** Ids of the toolsets it is for; left out for all addresses of the project. */
      toolsets?: readonly string[];
    } & Reach)
  /** A person, through a client that they let in by OAuth. */
  | ({
      type: 'grant';
      grantId: string;
      /** The OAuth client. */
      clientId: string;
      /** Who let it in. */
      userId: string;
      organizationId: string;
      projectId: string;
      scopes: readonly string[];
      /** What the person may have through this client, were it granted; left out for all there is. */
      most?: Reach;
    } & Reach)
  | { type: 'public'; organizationId: string; projectId: string }
  /** Start-up, clean-up and the command line on the data folder: may do all, in any organization. */
  | { type: 'system' };

/** The id of the API key or the grant that a program shows; null for all who show neither. */
export function credentialOf(principal: Principal): string | null {
  if (principal.type === 'key') return principal.keyId;
  return principal.type === 'grant' ? principal.grantId : null;
}

/** Who it is among all that call, in one text. Callers of a public project are all alike. */
export function callerName(principal: Principal): string {
  if (principal.type === 'user') return `user ${principal.userId}`;
  const credential = credentialOf(principal);
  return credential === null ? principal.type : `${principal.type} ${credential}`;
}

/** What it is good for, of a caller who shows a credential; null for all others. */
export function reachOf(principal: Principal): Reach | null {
  return principal.type === 'key' || principal.type === 'grant' ? principal : null;
}
