'use client';

import { useState } from 'react';
import { SomeOrAll } from '#app/connect/some-or-all.tsx';
import { SwitchLine } from '#app/connect/switch-line.tsx';
import { useChoosable } from '#app/connect/use-choosable.ts';
import { useCreateKey } from '#app/data/use-create-key.ts';
import { useToolsets } from '#app/data/use-toolsets.ts';
import { Button } from '#app/ui/button.tsx';
import { CodeBlock } from '#app/ui/code-block.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogTitle } from '#app/ui/dialog.tsx';
import { Field } from '#app/ui/field.tsx';
import { Select } from '#app/ui/select.tsx';
import { TextField } from '#app/ui/text-field.tsx';

const EXPIRIES = [
  { value: 'never', label: 'Never' },
  { value: '7', label: 'In 7 days' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
] as const satisfies readonly { value: string; label: string }[];
type Days = (typeof EXPIRIES)[number]['value'];

const DAY_MS = 24 * 60 * 60 * 1000;

function momentIn(days: Days): string | null {
  return days === 'never' ? null : new Date(Date.now() + Number(days) * DAY_MS).toISOString();
}

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
  const choosable = useChoosable(project);
  const toolsets = useToolsets(project).data?.items ?? [];
  const [name, setName] = useState('');
  const [tools, setTools] = useState<string[] | null>(null);
  const [readOnly, setReadOnly] = useState(false);
  const [addresses, setAddresses] = useState<string[] | null>(null);
  const [days, setDays] = useState<Days>('never');
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate({ name, tools, readOnly, toolsets: addresses, expiresAt: momentIn(days) });
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
      <SomeOrAll
        label="Tools it may call"
        items={choosable}
        chosen={tools}
        onChange={setTools}
        none="There are no workflows yet."
      />
      <SwitchLine
        label="To look only"
        description="It sees only tools that are marked as ones that only read."
        checked={readOnly}
        onChange={setReadOnly}
      />
      {toolsets.length > 0 && (
        <SomeOrAll
          label="Toolsets it opens"
          items={toolsets.map(({ id, title, name: address }) => ({ value: id, label: title, note: address }))}
          chosen={addresses}
          onChange={setAddresses}
          none=""
        />
      )}
      {addresses && (
        <p className="text-12 text-muted">
          At these addresses alone: the one of the whole project refuses it.
        </p>
      )}
      <Field label="Expires">
        {(ids) => (
          <Select<Days>
            {...ids}
            className="w-44"
            value={days}
            onValueChange={setDays}
            options={[...EXPIRIES]}
          />
        )}
      </Field>
      <DialogFooter>
        <Button onClick={onCancel}>Cancel</Button>
        <Button
          type="submit"
          variant="primary"
          busy={create.isPending}
          disabled={tools?.length === 0 || addresses?.length === 0}
        >
          Create key
        </Button>
      </DialogFooter>
    </form>
  );
}
