'use client';

import Link from 'next/link';
import { type ReactNode, useEffect, useState } from 'react';
import { firstCallOf } from '#app/connect/first-call.ts';
import type { Client, ClientRequest } from '#app/data/types.ts';
import { useClientRequests } from '#app/data/use-client-requests.ts';
import { useClients } from '#app/data/use-clients.ts';
import { useProject } from '#app/data/use-project.ts';
import { useRuns } from '#app/data/use-runs.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { duration } from '#app/ui/quantity.ts';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Status } from '#app/ui/status.tsx';

/** After so long without news somebody may want to know what to look at, in ms. */
const PATIENCE_MS = 60_000;

/** Waits for a client, and shows each step it takes: it found the server, it listed the tools, it called one. */
export function FirstCall({ project }: { project: string }) {
  const { data } = useClients(project);
  const signsIn = useProject(project).data?.access === 'oauth';
  const [before, setBefore] = useState<ReadonlySet<string> | null>(null);
  if (!data) return null;
  const { client, refused, discovered, listed, called } = firstCallOf(data.items, before);
  const reached = [discovered, listed, called].filter(Boolean).length;
  return (
    <Section
      title="First call"
      description={
        called ? undefined : 'Waits for a client, and shows how far it has come. Nothing has to be pressed.'
      }
      actions={
        called && (
          <Button onClick={() => setBefore(new Set(data.items.map(({ id }) => id)))}>
            Wait for another client
          </Button>
        )
      }
    >
      <div className="flex flex-col gap-3 p-4">
        <p role="status" className={called ? 'text-14 font-medium' : 'sr-only'}>
          {called && client
            ? `First call received from ${client.name}`
            : WAITING[Math.min(reached, WAITING.length - 1)]}
        </p>
        <ol className="grid gap-3 md:grid-cols-3">
          <Step title="Server found" done={discovered} next>
            {client ? (
              <>
                {client.name} {client.version}
                {client.protocol && <span className="text-muted">, protocol {client.protocol}</span>}
              </>
            ) : (
              'A client that connects says its name.'
            )}
          </Step>
          <Step title="Tools listed" done={listed} next={discovered}>
            {client?.listedAt ? <RelativeTime at={client.listedAt} /> : 'It asks which tools there are.'}
          </Step>
          <Step title="First call" done={called} next={listed}>
            {called && client ? (
              <Call project={project} client={client} />
            ) : (
              'Ask it something that the tool answers.'
            )}
          </Step>
        </ol>
        {refused && (
          <Status status="refused" className="whitespace-normal!">
            {`${refused.name} ${whyRefused(refused, signsIn)}. Its requests are listed under Clients.`}
          </Status>
        )}
        {!called && <Patience key={`${reached} ${before?.size}`} />}
      </div>
    </Section>
  );
}

function whyRefused({ key }: Client, signsIn: boolean): string {
  if (key) return 'was turned away: its key is not good here';
  return signsIn ? 'was told where to sign in' : 'was turned away: it sent no key';
}

const WAITING = [
  'Waiting for a client',
  'A client found the server. Waiting for it to list the tools.',
  'A client listed the tools. Waiting for its first call.',
];

function Step({
  title,
  done,
  next,
  children,
}: {
  title: string;
  done: boolean;
  /** It is what comes next. */
  next: boolean;
  children: ReactNode;
}) {
  return (
    <li
      aria-label={title}
      className={`flex min-w-0 flex-col gap-0.5 rounded-md border p-3 ${done ? 'border-success' : 'border-line'}`}
    >
      <Status status={done ? 'succeeded' : next ? 'pending' : 'draft'}>
        {done ? title : next ? `${title}: waiting` : `${title}: not yet`}
      </Status>
      <span className="break-words pl-4.5 text-12">{children}</span>
    </li>
  );
}

/** The first call that the client made, and the run that it was. */
function Call({ project, client }: { project: string; client: Client }) {
  const requests = useClientRequests(project, client.id).data?.items ?? [];
  const call = requests.findLast(({ method, failure }) => method === 'tools/call' && failure === null);
  if (!call) return client.calledAt && <RelativeTime at={client.calledAt} />;
  return (
    <>
      <span className="font-mono">{call.tool}</span>, {duration(call.ms)}
      <RunOfCall project={project} client={client.name} call={call} />
    </>
  );
}

/** Clocks of a request and of its run differ by little, in ms. */
const SLACK_MS = 2000;

/** A request does not name its run: it is the one of the tool that the client began at that time. */
function RunOfCall({ project, client, call }: { project: string; client: string; call: ClientRequest }) {
  const at = Date.parse(call.at);
  const runs = useRuns(project, {
    client,
    from: new Date(at - SLACK_MS).toISOString(),
    to: new Date(at + call.ms + SLACK_MS).toISOString(),
    sort: 'oldest',
  });
  const run = runs.data?.pages[0]?.items.find(
    ({ workflowName, parentId }) => workflowName === call.tool && parentId === null,
  );
  if (!run) return null;
  return (
    <>
      {', '}
      <Link className="underline" href={`/projects/${project}/runs/${run.id}`}>
        open the run
      </Link>
    </>
  );
}

/** What to look at when nothing comes. */
function Patience() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!over) return null;
  return (
    <div role="alert" className="flex flex-col gap-1 rounded-md border border-line bg-sunken p-3 text-12">
      <p className="font-medium">Nothing came for a minute</p>
      <ul className="list-disc pl-4 text-muted">
        <li>Most clients read their settings at their start: close it and open it again.</li>
        <li>The address has to be the one above, and the key stands behind “Bearer ”, with one space.</li>
        <li>A client in the cloud cannot reach an address of this machine or of a private network.</li>
      </ul>
      <p>
        <a className="underline" href="#check">
          Check the connection
        </a>{' '}
        plays a client and says where it stops.
      </p>
    </div>
  );
}
