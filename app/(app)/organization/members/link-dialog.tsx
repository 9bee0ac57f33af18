'use client';

import { Button } from '#app/ui/button.tsx';
import { CodeBlock } from '#app/ui/code-block.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogTitle } from '#app/ui/dialog.tsx';

/** The link of an invitation, where no letter carries it: shown this once. */
export function LinkDialog({ email, url, onClose }: { email: string; url: string; onClose(): void }) {
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent>
        <DialogTitle>Hand over this link</DialogTitle>
        <DialogDescription>
          No letter was sent, so give it to {email} yourself. It is good for 72 hours and once, and is not
          shown again.
        </DialogDescription>
        <CodeBlock code={url} label={`Link for ${email}`} className="mt-3" />
        <DialogFooter>
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
