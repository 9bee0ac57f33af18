'use client';

import { useState } from 'react';
import type { Connection } from '#app/data/types.ts';
import { useTestConnection } from '#app/data/use-test-connection.ts';
import { Field } from '#app/ui/field.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { FormDialog } from '#app/ui/form-dialog.tsx';
import { duration } from '#app/ui/quantity.ts';
import { Select } from '#app/ui/select.tsx';
import { Status } from '#app/ui/status.tsx';
import { TextField } from '#app/ui/text-field.tsx';

/** Sends the credential to one of its hosts, or a query to its database, and says what came back. */
export function ConnectionTestDialog({
  project,
  connection,
  onClose,
}: {
  project: string;
  connection: Connection;
  onClose(): void;
}) {
  const test = useTestConnection(project, connection.id);
  const isDatabase = connection.type === 'postgres';
  const hosts = connection.hosts.filter((host) => !host.includes('*'));
  const [host, setHost] = useState(hosts[0]);
  const [path, setPath] = useState('/');
  return (
    <FormDialog
      onClose={onClose}
      title={`Test ${connection.name}`}
      description={
        isDatabase
          ? 'Asks the database for SELECT 1.'
          : 'Sends a GET request with the credential. Nothing of the answer is kept.'
      }
      action="Test connection"
      busy={test.isPending}
      onSubmit={() => test.mutate(isDatabase ? {} : { ...(host !== undefined && { host }), path })}
    >
      {!isDatabase && (
        <>
          {hosts.length > 1 && (
            <Field label="Host">
              {(ids) => (
                <Select
                  {...ids}
                  value={host}
                  onValueChange={setHost}
                  options={hosts.map((one) => ({ value: one, label: one }))}
                />
              )}
            </Field>
          )}
          <TextField
            label="Path"
            description="One that asks for the credential and changes nothing, such as /me."
            mono
            required
            autoFocus
            pattern="/.*"
            title="begins with /"
            value={path}
            onValueChange={setPath}
          />
        </>
      )}
      {test.error && <FieldMessage severity="error" message={test.error.message} />}
      {test.data && !test.isPending && (
        <div role="status" className="flex flex-col gap-1">
          <Status status={test.data.ok ? 'succeeded' : 'error'} className="whitespace-normal!">
            {test.data.seen}
          </Status>
          {test.data.todo && <p>{test.data.todo}</p>}
          <p className="text-12 text-muted">{duration(test.data.ms)}</p>
        </div>
      )}
    </FormDialog>
  );
}
