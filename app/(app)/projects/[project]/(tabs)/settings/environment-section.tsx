'use client';

import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Mention } from '#app/data/settings-types.ts';
import type { Project } from '#app/data/types.ts';
import { useMentions } from '#app/data/use-mentions.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { useUpdateProject } from '#app/data/use-update-project.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { Changeable } from '#app/ui/changeable.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { Input } from '#app/ui/input.tsx';
import { toast } from '#app/ui/toast.ts';

interface Row {
  id: number;
  name: string;
  value: string;
}

/** Values that expressions read as `env.NAME`: base addresses and the like, nothing secret. */
export function EnvironmentSection({ project }: { project: Project }) {
  const refusal = useRefusal('editor');
  const update = useUpdateProject(project.slug);
  const [rows, setRows] = useState<readonly Row[]>(() =>
    Object.entries(project.env).map(([name, value], id) => ({ id, name, value })),
  );
  const change = (id: number, part: Partial<Row>): void =>
    setRows(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const names = rows.map(({ name }) => name);
  const mentions = useMentions(project.slug).data?.env ?? {};
  const missed = Object.keys(project.env).filter(
    (name) => !names.includes(name) && (mentions[name]?.length ?? 0) > 0,
  );
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);

  return (
    <Section
      id="environment"
      title="Environment values"
      description="Read as {{ env.NAME }} in every workflow. Not secret: everyone in the team sees them."
      actions={
        <Button
          disabled={refusal !== null}
          onClick={() =>
            setRows([...rows, { id: Math.max(0, ...rows.map((row) => row.id)) + 1, name: '', value: '' }])
          }
        >
          <Plus /> Add value
        </Button>
      }
    >
      <form
        className="flex flex-col gap-2 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          update.mutate(
            { env: Object.fromEntries(rows.map(({ name, value }) => [name, value])) },
            { onSuccess: () => toast.success('Saved') },
          );
        }}
      >
        <Changeable refusal={refusal}>
          {rows.length === 0 && <p className="text-muted">None yet. A base address is a good first one.</p>}
          {rows.map((row) => (
            <div key={row.id} className="flex items-center gap-2">
              <Input
                mono
                required
                aria-label="Name"
                placeholder="API_URL"
                className="w-56"
                pattern="[A-Za-z_][A-Za-z0-9_]{0,63}"
                title="Letters, digits and _; at most 64; does not begin with a digit"
                value={row.name}
                onChange={(event) => change(row.id, { name: event.target.value })}
              />
              <Input
                mono
                aria-label={`Value of ${row.name || 'the new name'}`}
                placeholder="https://api.example.com"
                className="flex-1"
                value={row.value}
                onChange={(event) => change(row.id, { value: event.target.value })}
              />
              <span className="w-40 shrink-0 truncate text-12 text-muted">
                {readersOf(mentions[row.name])}
              </span>
              <IconButton
                label={`Remove ${row.name}`}
                onClick={() => setRows(rows.filter(({ id }) => id !== row.id))}
              >
                <Trash2 />
              </IconButton>
            </div>
          ))}
          {missed.map((name) => (
            <FieldMessage
              key={name}
              severity="warning"
              message={`${name} is read by ${mentions[name]?.map((workflow) => workflow.name).join(', ')}, which fails without it.`}
            />
          ))}
          {twice && <FieldMessage severity="error" message={`${twice} is there twice.`} />}
          {update.error && <FieldMessage severity="error" message={update.error.message} />}
          <Button type="submit" className="self-start" busy={update.isPending} disabled={twice !== undefined}>
            Save values
          </Button>
        </Changeable>
      </form>
    </Section>
  );
}

/** Who reads a value, in a few words. */
function readersOf(mentions: readonly Mention[] = []): string {
  const [first, ...others] = mentions;
  if (!first) return 'Read nowhere';
  return others.length === 0 ? `Read by ${first.name}` : `Read by ${first.name} and ${others.length} more`;
}
