'use client';

import type { UseMutationResult } from '@tanstack/react-query';
import { ConfirmDialog, type ConfirmDialogProps } from './confirm-dialog.tsx';
import { toast } from './toast.ts';

export interface ConfirmMutationProps<Variables>
  extends Pick<ConfirmDialogProps, 'title' | 'description' | 'action'> {
  mutation: Pick<UseMutationResult<unknown, Error, Variables>, 'mutate' | 'isPending'>;
  /** What to do it to; null while nothing is asked. */
  variables: Variables | null;
  onClose(): void;
  /** After it was done, in place of `onClose`. */
  onDone?(): void;
}

/** Asks, then does it. A refusal is told, and the question stays. */
export function ConfirmMutation<Variables>({
  mutation,
  variables,
  onClose,
  onDone = onClose,
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
        mutation.mutate(variables, { onSuccess: onDone, onError: (error) => toast.error(error.message) });
      }}
    />
  );
}
