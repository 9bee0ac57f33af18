'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useCreateKnowledgeBase } from '#app/data/use-create-knowledge-base.ts';
import { Button } from '#app/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogTitle } from '#app/ui/dialog.tsx';
import { TextField } from '#app/ui/text-field.tsx';

export function NewBaseDialog({
  project,
  open,
  onOpenChange,
}: {
  project: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const router = useRouter();
  const create = useCreateKnowledgeBase(project);
  const [name, setName] = useState('');
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent>
        <form
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            create.mutate(name, {
              onSuccess: (base) => router.push(`/projects/${project}/knowledge/${base.id}`),
            });
          }}
        >
          <DialogTitle>New knowledge base</DialogTitle>
          <DialogDescription>Documents that belong together, such as a handbook.</DialogDescription>
          <TextField
            label="Name"
            error={create.error?.message}
            required
            autoFocus
            maxLength={120}
            value={name}
            onValueChange={setName}
          />
          <DialogFooter>
            <Button onClick={() => onOpenChange(false)}>Cancel</Button>
            <Button type="submit" variant="primary" busy={create.isPending}>
              Create knowledge base
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
