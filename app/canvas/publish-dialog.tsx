'use client';
import { lazy, Suspense } from 'react';
import { Dialog } from '#app/ui/dialog.tsx';
import { useScreen } from './session-context.tsx';

const PublishReview = lazy(async () => ({
  default: (await import('./publish/publish-review.tsx')).PublishReview,
}));

/** The review before publishing; loaded when it is opened. */
export function PublishDialog() {
  const open = useScreen((state) => state.dialog === 'publish');
  const show = useScreen((state) => state.show);
  return (
    <Dialog open={open} onOpenChange={(next) => !next && show({ dialog: null })}>
      <Suspense fallback={null}>{open && <PublishReview close={() => show({ dialog: null })} />}</Suspense>
    </Dialog>
  );
}
