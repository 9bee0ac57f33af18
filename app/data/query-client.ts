import { MutationCache, type Query, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from './api-error.ts';
import { queryKeys } from './query-keys.ts';

/**
 * Answers are fresh for 5 s; a refusal is not asked again, a lost connection twice.
 * Offline calls fail at once instead of waiting unseen. Whoever is told that the session is over, or that something has
 * to be set up first, looks at the session again, which leads there.
 */
export function createQueryClient(): QueryClient {
  const lookAgain = (error: Error, query?: Query<unknown, unknown, unknown>) => {
    if (!isOfSession(error) || query?.queryKey[0] === queryKeys.session[0]) return;
    void client.invalidateQueries({ queryKey: queryKeys.session });
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: lookAgain }),
    mutationCache: new MutationCache({ onError: (error) => lookAgain(error) }),
    defaultOptions: {
      queries: {
        staleTime: 5000,
        networkMode: 'always',
        retry: (failures, error) => failures < 2 && mayRetry(error),
      },
      mutations: { networkMode: 'always' },
    },
  });
  return client;
}

function isOfSession(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 401 || error.details['reason'] === 'two_factor');
}

function mayRetry(error: unknown): boolean {
  return !(error instanceof ApiError) || error.code === 'offline' || error.status >= 502;
}
