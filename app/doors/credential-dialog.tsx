'use client';

import { useState } from 'react';
import type { ConnectionSecret } from '#app/data/types.ts';
import { useConnections } from '#app/data/use-connections.ts';
import { useCreateConnection } from '#app/data/use-create-connection.ts';
import { Button } from '#app/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogTitle } from '#app/ui/dialog.tsx';
import { TextField } from '#app/ui/text-field.tsx';
import type { ProposedConnection } from '#lib/curl/credentials.ts';

/** How each type travels, in words. */
const TRAVELS: Record<ProposedConnection['type'], string> = {
  bearer: 'a bearer token',
  basic: 'a user and a password',
  header: 'a header with a secret',
  query: 'a secret in the query',
};

/** Asks what becomes of a credential that was in a pasted command: a connection, or nothing. */
export function CredentialDialog({
  project,
  proposed,
  onDone,
  onCancel,
}: {
  project: string;
  proposed: ProposedConnection;
  /** With the id of the connection; null: go on without one. */
  onDone(connection: string | null): void;
  onCancel(): void;
}) {
  const create = useCreateConnection(project);
  const connections = useConnections(project).data?.items ?? [];
  const [typed, setName] = useState<string | null>(null);
  const name = typed ?? freeName(proposed.name, new Set(connections.map((one) => one.name)));
  const [hosts, setHosts] = useState(proposed.hosts.join(', '));
  const { secret } = proposed;

  const keep = (): void => {
    if (!secret) return;
    create.mutate(
      {
        name,
        type: proposed.type,
        hosts: hosts.split(/[\s,]+/).filter((host) => host !== ''),
        secret: secret as ConnectionSecret,
      },
      { onSuccess: ({ id }) => onDone(id) },
    );
  };

  if (!secret) {
    return (
      <Dialog open onOpenChange={(open) => !open && onCancel()}>
        <DialogContent>
          <DialogTitle>The command names a secret, and does not hold it</DialogTitle>
          <DialogDescription>
            It sends {TRAVELS[proposed.type]} from a variable of your shell. Make a connection for{' '}
            {proposed.hosts.join(', ')} in the settings, then choose it in the HTTP step.
          </DialogDescription>
          <DialogFooter>
            <Button onClick={onCancel}>Cancel</Button>
            <Button variant="primary" autoFocus onClick={() => onDone(null)}>
              Make the steps
            </Button>
          </DialogFooter>
        </DialogContent>
      </Dialog>
    );
  }
  return (
    <Dialog open onOpenChange={(open) => !open && onCancel()}>
      <DialogContent>
        <form
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            keep();
          }}
        >
          <DialogTitle>Keep the credential as a connection</DialogTitle>
          <DialogDescription>
            The command sends {TRAVELS[proposed.type]}. As a connection it is sealed on the server, never
            shown again, and sent to these hosts only. It does not go into the workflow.
          </DialogDescription>
          <TextField
            label="Connection name"
            error={create.error?.message}
            required
            autoFocus
            maxLength={120}
            value={name}
            onValueChange={setName}
          />
          <TextField
            label="Hosts"
            description="Where it may be sent; taken from the command’s address."
            mono
            required
            value={hosts}
            onValueChange={setHosts}
          />
          <p className="text-12 text-muted">
            Secret: <span className="font-mono">{maskOf(secret)}</span>
          </p>
          <DialogFooter>
            <Button onClick={onCancel}>Cancel</Button>
            <Button onClick={() => onDone(null)}>Leave it out</Button>
            <Button type="submit" variant="primary" busy={create.isPending}>
              Keep and make the steps
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}

/** Enough to tell one from another, and no more. */
function maskOf(secret: NonNullable<ProposedConnection['secret']>): string {
  if ('username' in secret) return `${secret.username}, ••••••••`;
  const value = 'token' in secret ? secret.token : secret.value;
  const carrier =
    'header' in secret ? `${secret.header}: ` : 'parameter' in secret ? `${secret.parameter}=` : '';
  return `${carrier}••••••••${value.length >= 12 ? value.slice(-4) : ''}`;
}

/** `api.example.com`, `api.example.com 2` */
function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const free = number === 1 ? name : `${name} ${number}`;
    if (!taken.has(free)) return free;
  }
}
