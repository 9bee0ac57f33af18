'use client';

import { ErrorState } from '#app/ui/error-state.tsx';

export default function PageError({ error, reset }: { error: Error; reset: () => void }) {
  return (
    <main className="grid min-h-dvh place-items-center">
      <ErrorState title="This page could not be shown" error={error} onRetry={reset} />
    </main>
  );
}
