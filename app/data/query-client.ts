import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './api-error.ts';

/**
 * Answers are fresh for 5 s; a refusal is not asked again, a lost connection twice.
 * Offline calls fail at once instead of waiting unseen.
 */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5000,
        networkMode: 'always',
        retry: (failures, error) => failures < 2 && mayRetry(error),
      },
      mutations: { networkMode: 'always' },
    },
  });
}

function mayRetry(error: unknown): boolean {
  return !(error instanceof ApiError) || error.code === 'offline' || error.status >= 502;
}
