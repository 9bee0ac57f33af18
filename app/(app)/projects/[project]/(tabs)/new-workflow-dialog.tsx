'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useCreateWorkflow } from '#app/data/use-create-workflow.ts';
import { Button } from '#app/ui/button.tsx';
import { FormDialog } from '#app/ui/form-dialog.tsx';
import { Segmented } from '#app/ui/segmented.tsx';
import { TextField } from '#app/ui/text-field.tsx';

type Kind = 'tool' | 'resource' | 'prompt';

const KINDS = [
  { value: 'tool', label: 'Tool' },
  { value: 'resource', label: 'Resource' },
  { value: 'prompt', label: 'Prompt' },
] as const;

const WORDS: Record<Kind, string> = {
  tool: 'A model calls it. Its name is what the model reads when it chooses: say what it does, such as find_order.',
  resource: 'Clients read it, at a URI. Its name says what is there, such as open_orders.',
  prompt:
    'People choose it from a menu; its answer is the messages. Its name is what they see, such as review_order.',
};

export function NewWorkflowDialog({
  project,
  open,
  onOpenChange,
  onPaste,
}: {
  project: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Begin with a pasted command instead. */
  onPaste: () => void;
}) {
  const router = useRouter();
  const create = useCreateWorkflow(project);
  const [name, setName] = useState('');
  const [kind, setKind] = useState<Kind>('tool');
  return (
    <FormDialog
      open={open}
      onClose={() => onOpenChange(false)}
      title="New workflow"
      description={WORDS[kind]}
      action="Create workflow"
      busy={create.isPending}
      onSubmit={() => {
        create.mutate(
          { name, kind },
          { onSuccess: (workflow) => router.push(`/projects/${project}/workflows/${workflow.id}`) },
        );
      }}
    >
      <Segmented
        label="Kind"
        value={kind}
        onValueChange={(next) => setKind(next)}
        options={KINDS}
        className="self-start"
      />
      <TextField
        label="Name"
        description="a-z, 0-9 and _; at most 45 characters; begins with a letter."
        error={create.error?.message}
        mono
        required
        autoFocus
        pattern="[a-z][a-z0-9_]{0,44}"
        title="a-z, 0-9 and _; at most 45 characters; begins with a letter"
        value={name}
        onValueChange={(value) => setName(value.toLowerCase().replace(/[\s-]+/g, '_'))}
      />
      <fieldset aria-label="Or begin with" className="flex flex-wrap items-center gap-x-3 gap-y-1 text-12">
        <span aria-hidden className="text-muted">
          Or begin with
        </span>
        <Button variant="link" size="small" onClick={onPaste}>
          a cURL command
        </Button>
        <Button variant="link" size="small" asChild>
          <Link href={`/projects/${project}/import`}>an OpenAPI document</Link>
        </Button>
        <Button variant="link" size="small" asChild>
          <Link href={`/projects/${project}/templates`}>a template</Link>
        </Button>
      </fieldset>
    </FormDialog>
  );
}
