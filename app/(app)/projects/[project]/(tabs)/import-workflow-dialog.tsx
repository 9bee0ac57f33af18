'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useImportWorkflow } from '#app/data/use-shared.ts';
import { Field } from '#app/ui/field.tsx';
import { FormDialog } from '#app/ui/form-dialog.tsx';
import { Input } from '#app/ui/input.tsx';
import { Textarea } from '#app/ui/textarea.tsx';
import { toast } from '#app/ui/toast.ts';

/** Takes a workflow that somebody passed on: a file, or its text. */
export function ImportWorkflowDialog({ project, onClose }: { project: string; onClose(): void }) {
  const router = useRouter();
  const take = useImportWorkflow(project);
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const submit = () => {
    let content: unknown;
    try {
      content = JSON.parse(text);
    } catch {
      return setWrong('This is not JSON. A file that was downloaded from Patchbay is.');
    }
    setWrong(null);
    take.mutate(content, {
      onSuccess: ({ open, workflows }) => {
        toast.success(
          workflows.length === 1
            ? `${workflows[0]!.name} is imported`
            : `${workflows.length} workflows are imported`,
        );
        router.push(`/projects/${project}/workflows/${open}`);
      },
    });
  };
  return (
    <FormDialog
      onClose={onClose}
      title="Import a workflow"
      description="It becomes a draft. Its connections have no secrets until you enter them; nothing runs by itself."
      action="Import workflow"
      busy={take.isPending}
      onSubmit={submit}
    >
      <Field label="File">
        {(ids) => (
          <Input
            {...ids}
            type="file"
            accept=".json,application/json"
            onChange={async (event) => {
              const file = event.target.files?.[0];
              if (file) setText(await file.text());
            }}
          />
        )}
      </Field>
      <Field label="Or its text" error={wrong ?? take.error?.message}>
        {(ids) => (
          <Textarea
            {...ids}
            mono
            required
            rows={6}
            value={text}
            placeholder={'{ "patchbay": "workflow", … }'}
            onChange={(event) => {
              setWrong(null);
              setText(event.target.value);
            }}
          />
        )}
      </Field>
    </FormDialog>
  );
}
