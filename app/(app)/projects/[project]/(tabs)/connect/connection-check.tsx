'use client';

import { Stethoscope } from 'lucide-react';
import type { ConnectionCheck } from '#app/data/types.ts';
import { useCheckConnection } from '#app/data/use-check-connection.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { ErrorState } from '#app/ui/error-state.tsx';
import { Status, type StatusName } from '#app/ui/status.tsx';

type Hop = ConnectionCheck['hops'][number];

/** Plays a client from the public address, and shows each hop. */
export function ConnectionCheckSection({
  project,
  release,
  toolset,
}: {
  project: string;
  release: number | null;
  /** By name. */
  toolset: string | null;
}) {
  const check = useCheckConnection(project, { release, toolset });
  return (
    <Section
      title="Check"
      description="Plays a client at the public address, with a key that is revoked at the end: name, certificate, proxy, headers, sign-in, tools, a call and streams."
      actions={
        <Button busy={check.isPending} onClick={() => check.mutate(undefined)}>
          <Stethoscope /> Check the connection
        </Button>
      }
    >
      {check.error && <ErrorState title="The connection could not be checked" error={check.error} />}
      {check.data && !check.isPending && <Hops check={check.data} />}
      {check.isPending && (
        <p className="p-4">
          <Status status="running">Checking; this takes up to a minute</Status>
        </p>
      )}
    </Section>
  );
}

function Hops({ check: { ok, hops } }: { check: ConnectionCheck }) {
  return (
    <>
      <p className="px-4 pt-4 font-medium" role="status">
        {ok ? 'A client gets through.' : 'A client does not get through.'}
      </p>
      <ul aria-label="What was seen" className="flex flex-col gap-3 p-4">
        {hops.map((hop) => (
          <li key={hop.id} className="flex flex-col gap-0.5">
            <Status status={STATUS_OF[hop.status]}>{hop.title}</Status>
            <span className="pl-4.5 text-12 break-words text-muted">{hop.seen}</span>
            {hop.todo && <span className="pl-4.5 text-12">{hop.todo}</span>}
          </li>
        ))}
      </ul>
    </>
  );
}

const STATUS_OF: Record<Hop['status'], StatusName> = {
  ok: 'succeeded',
  warning: 'warning',
  failed: 'error',
  skipped: 'skipped',
};
