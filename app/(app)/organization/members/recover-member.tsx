'use client';

import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { useMakePasswordLink, useResetTwoFactor } from '#app/data/use-recover-member.ts';
import { Button } from '#app/ui/button.tsx';
import { CodeBlock } from '#app/ui/code-block.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogTitle } from '#app/ui/dialog.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { toast } from '#app/ui/toast.ts';

/** For owners: a way back in for a member who lost password or phone. */
export function RecoverMember({
  member,
}: {
  member: { userId: string; name: string; twoFactor: boolean | null };
}) {
  const [open, setOpen] = useState(false);
  const link = useMakePasswordLink();
  const reset = useResetTwoFactor();
  const error = link.error?.message ?? reset.error?.message;
  return (
    <>
      <IconButton
        size="small"
        label={`Help ${member.name} to sign in`}
        onClick={() => {
          link.reset();
          reset.reset();
          setOpen(true);
        }}
      >
        <KeyRound />
      </IconButton>
      <Dialog open={open} onOpenChange={setOpen}>
        <DialogContent>
          <DialogTitle>Help {member.name} to sign in</DialogTitle>
          <DialogDescription>
            Be sure that it is them who ask. What you do here stands in the audit log.
          </DialogDescription>
          {link.data ? (
            <>
              <p className="text-13">
                Give them this link. With it they choose a new password; it is good once, for 30 minutes.
              </p>
              <CodeBlock code={link.data.url} label="Link for a new password" />
            </>
          ) : (
            <div>
              <Button busy={link.isPending} onClick={() => link.mutate(member.userId)}>
                Make link for a new password
              </Button>
            </div>
          )}
          {member.twoFactor && (
            <div className="flex flex-col items-start gap-2">
              <p className="text-13">
                If phone and recovery codes are lost: without two-factor their password alone signs them in.
              </p>
              <Button
                variant="danger"
                busy={reset.isPending}
                onClick={() =>
                  reset.mutate(member.userId, {
                    onSuccess: () => toast.success(`Two-factor of ${member.name} is off`),
                  })
                }
              >
                Turn off their two-factor
              </Button>
            </div>
          )}
          {error && <FieldMessage severity="error" message={error} />}
          <DialogFooter>
            <Button onClick={() => setOpen(false)}>Done</Button>
          </DialogFooter>
        </DialogContent>
      </Dialog>
    </>
  );
}
