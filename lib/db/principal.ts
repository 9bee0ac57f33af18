export type Role = 'owner' | 'admin' | 'editor' | 'viewer';

/**
 * Who asks. Every function of the data layer takes one and builds its own `where` from it, so that a foreign
 * id is simply not found (404). There is no default: without a principal nothing can be read.
 */
export type Principal =
  | { type: 'user'; userId: string; organizationId: string; role: Role }
  | {
      type: 'key';
      keyId: string;
      organizationId: string;
      projectId: string;
      /** Names of the tools the key may see and call; null = all of the project. */
      tools: readonly string[] | null;
    }
  | { type: 'public'; organizationId: string; projectId: string }
  /** Start-up, clean-up and the command line on the data folder: may do all, in any organization. */
  | { type: 'system' };
