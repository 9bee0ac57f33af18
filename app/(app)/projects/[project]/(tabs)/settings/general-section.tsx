'use client';

import { useState } from 'react';
import type { Project } from '#app/data/types.ts';
import { useUpdateProject } from '#app/data/use-update-project.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { Field } from '#app/ui/field.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { Select } from '#app/ui/select.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import { Textarea } from '#app/ui/textarea.tsx';
import { toast } from '#app/ui/toast.ts';

/** Name, who may call, what the model is told on connecting, and how much runs in the background. */
export function GeneralSection({ project }: { project: Project }) {
  const update = useUpdateProject(project.slug);
  const [name, setName] = useState(project.name);
  const [access, setAccess] = useState(project.access);
  const [instructions, setInstructions] = useState(project.instructions);
  const [concurrency, setConcurrency] = useState(String(project.concurrency));
  const changed =
    name !== project.name ||
    access !== project.access ||
    instructions !== project.instructions ||
    Number(concurrency) !== project.concurrency;
  return (
    <Section title="General">
      <form
        className="flex max-w-160 flex-col gap-4 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          update.mutate(
            { name, access, instructions, concurrency: Number(concurrency) },
            { onSuccess: () => toast.success('Saved') },
          );
        }}
      >
        <TextField label="Name" required maxLength={120} value={name} onValueChange={setName} />
        <Field
          label="Access"
          description={
            access === 'public'
              ? 'Whoever has the address can list and call every tool, without a key.'
              : 'Callers send an API key. Keys are made under Connect.'
          }
        >
          {(ids) => (
            <Select
              {...ids}
              value={access}
              onValueChange={(value) => setAccess(value)}
              options={[
                { value: 'key', label: 'API key' },
                { value: 'public', label: 'Public' },
              ]}
            />
          )}
        </Field>
        {access === 'public' && project.access !== 'public' && (
          <FieldMessage
            severity="warning"
            message="From saving on, anybody who has the address can run these workflows."
          />
        )}
        <Field
          label="Instructions"
          optional
          description="Told to the model when a client connects. Some clients read the first 512 characters only."
        >
          {(ids) => (
            <Textarea
              {...ids}
              maxLength={20_000}
              value={instructions}
              onChange={(event) => setInstructions(event.target.value)}
            />
          )}
        </Field>
        <TextField
          label="Background runs at once"
          description="Schedules, webhooks and jobs beyond this number wait for their turn. Calls of clients do not."
          type="number"
          min={1}
          max={50}
          required
          className="w-20"
          value={concurrency}
          onValueChange={setConcurrency}
        />
        {update.error && <FieldMessage severity="error" message={update.error.message} />}
        <Button
          type="submit"
          variant="primary"
          className="self-start"
          busy={update.isPending}
          disabled={!changed}
        >
          Save
        </Button>
      </form>
    </Section>
  );
}
