import type { Project } from '#app/data/types.ts';

type Access = Project['access'];

/** What each way to be let in is called. */
export const ACCESS_NAMES: Record<Access, string> = {
  oauth: 'Sign-in',
  key: 'API key',
  public: 'Public',
};

export const ACCESS_OPTIONS = [
  { value: 'oauth', label: 'Sign-in with OAuth, or an API key' },
  { value: 'key', label: 'API key only' },
  { value: 'public', label: 'Public' },
] as const satisfies readonly { value: Access; label: string }[];

export const ACCESS_MEANS: Record<Access, string> = {
  oauth:
    'People sign in through their client and choose what it may do. API keys work as well. Cursor, though, ignores a configured key where people can sign in.',
  key: 'Callers send an API key. Keys are made under Connect. Clients find nothing of OAuth here, so that each of them uses the key it is given.',
  public: 'Whoever has the address can list and call every tool, without a key.',
};
