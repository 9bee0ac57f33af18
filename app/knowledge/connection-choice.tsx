'use client';

import { Plus } from 'lucide-react';
import { useState } from 'react';
import { ConnectionDialog } from '#app/connections/connection-dialog.tsx';
import type { Connection } from '#app/data/types.ts';
import { useConnections } from '#app/data/use-connections.ts';
import { Button } from '#app/ui/button.tsx';
import { Field } from '#app/ui/field.tsx';
import { Select } from '#app/ui/select.tsx';

const NONE = 'none:';

/** A stored credential, chosen or made in place. Empty: none. */
export function ConnectionChoice({
  project,
  value,
  onChange,
  types,
  optional = false,
  label = 'Connection',
  description,
}: {
  project: string;
  value: string;
  onChange(id: string): void;
  /** Those that fit; left out: all that are sent over HTTP. */
  types?: readonly Connection['type'][];
  optional?: boolean;
  label?: string;
  description?: string;
}) {
  const connections = useConnections(project);
  const [making, setMaking] = useState(false);
  const items = (connections.data?.items ?? []).filter(
    ({ type, perCaller }) => !perCaller && (types ? types.includes(type) : type !== 'postgres'),
  );
  return (
    <>
      <Field label={label} description={description} optional={optional} error={connections.error?.message}>
        {(ids) => (
          <span className="flex gap-2">
            <Select
              {...ids}
              className="min-w-0 flex-1"
              placeholder={items.length === 0 ? 'There is none that fits yet' : 'Choose a connection'}
              value={value === '' ? (optional ? NONE : undefined) : value}
              onValueChange={(next) => onChange(next === NONE ? '' : next)}
              options={[
                ...(optional ? [{ value: NONE, label: 'None' }] : []),
                ...items.map(({ id, name, hosts }) => ({
                  value: id,
                  label: (
                    <>
                      {name} <span className="text-muted">{hosts.join(', ')}</span>
                    </>
                  ),
                })),
              ]}
            />
            <Button onClick={() => setMaking(true)}>
              <Plus /> New
            </Button>
          </span>
        )}
      </Field>
      {making && (
        // Its form stands in this one as far as events go: saving it must not save this one.
        <div className="contents" onSubmit={(event) => event.stopPropagation()}>
          <ConnectionDialog
            project={project}
            connection={null}
            onClose={() => setMaking(false)}
            onMade={({ id }) => onChange(id)}
          />
        </div>
      )}
    </>
  );
}
