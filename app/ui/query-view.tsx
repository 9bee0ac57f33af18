'use client';

import type { ReactNode } from 'react';
import { ErrorState } from './error-state.tsx';
import { LoadingState } from './loading-state.tsx';

export interface QueryViewProps<Data> {
  query: { data: Data | undefined; error: Error | null; refetch(): unknown };
  /** What is loaded, as in "The runs could not be loaded": `the runs`. */
  what: string;
  children(data: Data): ReactNode;
}

/** What the API answered; until then that it is loading, or why it could not be. */
export function QueryView<Data>({ query, what, children }: QueryViewProps<Data>) {
  const { data, error, refetch } = query;
  if (data !== undefined) return children(data);
  if (error) {
    const title = `${what.charAt(0).toUpperCase()}${what.slice(1)} could not be loaded`;
    return <ErrorState title={title} error={error} onRetry={() => void refetch()} />;
  }
  return <LoadingState>{`Loading ${what}`}</LoadingState>;
}
