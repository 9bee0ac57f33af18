'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useCreateKnowledgeBase } from '#app/data/use-create-knowledge-base.ts';
import { Button } from '#app/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogTitle } from '#app/ui/dialog.tsx';
import { Field } from '#app/ui/field.tsx';
import { Input } from '#app/ui/input.tsx';

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
          <Field label="Name" error={create.error?.message}>
            {(ids) => (
              <Input
                {...ids}
                required
                autoFocus
                maxLength={120}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
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
