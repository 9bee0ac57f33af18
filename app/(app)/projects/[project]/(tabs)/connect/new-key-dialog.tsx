'use client';

import { useState } from 'react';
import { useCreateKey } from '#app/data/use-create-key.ts';
import { useWorkflows } from '#app/data/use-workflows.ts';
import { Button } from '#app/ui/button.tsx';
import { Checkbox } from '#app/ui/checkbox.tsx';
import { CodeBlock } from '#app/ui/code-block.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogTitle } from '#app/ui/dialog.tsx';
import { Segmented } from '#app/ui/segmented.tsx';
import { TextField } from '#app/ui/text-field.tsx';

/** Makes a key and shows its secret, once. */
export function NewKeyDialog({
  project,
  open,
  onOpenChange,
}: {
  project: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const create = useCreateKey(project);
  const secret = create.data?.secret;
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next) create.reset();
        onOpenChange(next);
      }}
    >
      <DialogContent>
        {secret ? (
          <>
            <DialogTitle>Copy the key now</DialogTitle>
            <DialogDescription>It is not stored and will not be shown again.</DialogDescription>
            <CodeBlock code={secret} label="API key" />
            <DialogFooter>
              <Button
                variant="primary"
                onClick={() => {
                  create.reset();
                  onOpenChange(false);
                }}
              >
                I have copied it
              </Button>
            </DialogFooter>
          </>
        ) : (
          <KeyForm project={project} create={create} onCancel={() => onOpenChange(false)} />
        )}
      </DialogContent>
    </Dialog>
  );
}

function KeyForm({
  project,
  create,
  onCancel,
}: {
  project: string;
  create: ReturnType<typeof useCreateKey>;
  onCancel: () => void;
}) {
  const workflows = useWorkflows(project);
  const [name, setName] = useState('');
  const [scope, setScope] = useState<'all' | 'some'>('all');
  const [tools, setTools] = useState<readonly string[]>([]);
  const names = (workflows.data?.items ?? []).map((workflow) => workflow.name);
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate({ name, tools: scope === 'all' ? null : [...tools] });
      }}
    >
      <DialogTitle>New API key</DialogTitle>
      <DialogDescription>
        One key for each client, so that you can revoke one without the others.
      </DialogDescription>
      <TextField
        label="Name"
        error={create.error?.message}
        required
        autoFocus
        placeholder="Claude Code on my laptop"
        value={name}
        onValueChange={setName}
      />
      <div className="flex items-center justify-between">
        <span className="text-12 font-medium">Tools it may call</span>
        <Segmented
          label="Tools it may call"
          value={scope}
          onValueChange={(value) => setScope(value)}
          options={[
            { value: 'all', label: 'All' },
            { value: 'some', label: 'Some' },
          ]}
        />
      </div>
      {scope === 'some' && (
        <div className="flex max-h-48 flex-col gap-2 overflow-auto rounded-md border border-line p-2">
          {names.length === 0 && <p className="text-12 text-muted">There are no workflows yet.</p>}
          {names.map((tool) => (
            // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox is a Radix control inside the label
            <label key={tool} className="flex items-center gap-2 font-mono text-12">
              <Checkbox
                checked={tools.includes(tool)}
                onCheckedChange={(checked) =>
                  setTools(checked === true ? [...tools, tool] : tools.filter((other) => other !== tool))
                }
              />
              {tool}
            </label>
          ))}
        </div>
      )}
      <DialogFooter>
        <Button onClick={onCancel}>Cancel</Button>
        <Button
          type="submit"
          variant="primary"
          busy={create.isPending}
          disabled={scope === 'some' && tools.length === 0}
        >
          Create key
        </Button>
      </DialogFooter>
    </form>
  );
}
