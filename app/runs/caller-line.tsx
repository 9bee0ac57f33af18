'use client';

import Link from 'next/link';
import type { Run } from '#app/data/types.ts';
import { useRunCaller } from '#app/data/use-run-caller.ts';
import { Cause } from './cause.tsx';

/** Who made the run begin: of a call the client, its version, its key and the form of the protocol it speaks. */
export function CallerLine({ project, run }: { project: string; run: Run }) {
  const caller = useRunCaller(project, run.id).data;
  if (run.cause !== 'call' || !caller?.client) return <Cause project={project} run={run} />;
  const { client, version, clientId, key, protocol } = caller;
  return (
    <span className="flex min-w-0 items-center gap-2">
      <span className="truncate">
        {clientId ? (
          <Link
            href={`/projects/${project}/connect?client=${clientId}`}
            className="font-medium text-ink underline-offset-2 hover:underline"
          >
            {client}
          </Link>
        ) : (
          <span className="font-medium text-ink">{client}</span>
        )}{' '}
        {version}
      </span>
      {key && (
        <span className="truncate">
          {key.name ?? 'A key that was revoked'} <span className="font-mono">{key.preview}</span>
        </span>
      )}
      {protocol && <span className="whitespace-nowrap">MCP {protocol}</span>}
    </span>
  );
}
