'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useCreateProject } from '#app/data/use-create-project.ts';
import { Button } from '#app/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogTitle } from '#app/ui/dialog.tsx';
import { TextField } from '#app/ui/text-field.tsx';

export function NewProjectDialog({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const router = useRouter();
  const create = useCreateProject();
  const [name, setName] = useState('');
  const [slug, setSlug] = useState('');
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent>
        <form
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            create.mutate(
              { name, ...(slug && { slug }) },
              { onSuccess: (project) => router.push(`/projects/${project.slug}`) },
            );
          }}
        >
          <DialogTitle>New project</DialogTitle>
          <DialogDescription>One MCP server, at one address.</DialogDescription>
          <TextField
            label="Name"
            error={create.error?.message}
            required
            autoFocus
            maxLength={120}
            value={name}
            onValueChange={setName}
          />
          <TextField
            label="Address"
            optional
            description="The last part of the MCP address; made from the name when empty."
            mono
            placeholder="order-desk"
            pattern="[a-z][a-z0-9\-]{1,38}"
            title="a-z, 0-9 and -; 2 to 39 characters; begins with a letter"
            value={slug}
            onValueChange={setSlug}
          />
          <DialogFooter>
            <Button onClick={() => onOpenChange(false)}>Cancel</Button>
            <Button type="submit" variant="primary" busy={create.isPending}>
              Create project
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
