'use client';

import type { UseMutationResult } from '@tanstack/react-query';
import { ConfirmDialog, type ConfirmDialogProps } from './confirm-dialog.tsx';
import { toast } from './toast.ts';

export interface ConfirmMutationProps<Variables>
  extends Pick<ConfirmDialogProps, 'title' | 'description' | 'action' | 'mustType'> {
  mutation: Pick<UseMutationResult<unknown, Error, Variables>, 'mutate' | 'isPending'>;
  /** What to do it to; null while nothing is asked. */
  variables: Variables | null;
  onClose(): void;
  /** After it was done, in place of `onClose`. */
  onDone?(): void;
  /** Told when it was done: `Key revoked`. */
  done?: string;
}

/** Asks, then does it. A refusal is told, and the question stays. */
export function ConfirmMutation<Variables>({
  mutation,
  variables,
  onClose,
  onDone = onClose,
  done,
  ...words
}: ConfirmMutationProps<Variables>) {
  return (
    <ConfirmDialog
      {...words}
      open={variables !== null}
      onOpenChange={(open) => !open && onClose()}
      busy={mutation.isPending}
      onConfirm={() => {
        if (variables === null) return;
        mutation.mutate(variables, {
          onSuccess: () => {
            onDone();
            if (done !== undefined) toast.success(done);
          },
          onError: (error) => toast.error(error.message),
        });
      }}
    />
  );
}
