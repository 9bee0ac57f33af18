'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import type { Run } from '#app/data/types.ts';
import { JsonTree } from '#app/form/json-tree.tsx';
import { ContentView } from '#app/try/content-view.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { Status } from '#app/ui/status.tsx';
import type { JsonObject } from '#lib/workflow/json.ts';

/** What a client was answered: the parts as it shows them, and the structured value; or that it was an error. */
export function ClientAnswer({ project, run }: { project: string; run: Run }) {
  return (
    <section
      aria-label="As a client sees it"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className="h-full min-h-0 overflow-auto p-3"
    >
      <Answer project={project} run={run} />
    </section>
  );
}

function Answer({ project, run }: { project: string; run: Run }) {
  const router = useRouter();
  const { output, error, status } = run;
  if (output) {
    return (
      <div className="flex flex-col gap-3">
        {output.parts.map((part, index) => (
          <ContentView
            // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other identity and never move
            key={index}
            part={part as unknown as JsonObject}
            label={`Part ${index + 1}`}
            onRead={() => router.push(`/projects/${project}/try`)}
          />
        ))}
        {output.structured !== undefined && (
          <div>
            <h3 className="mb-1 text-12 text-muted">Structured</h3>
            <JsonTree value={output.structured} label="Structured value" />
          </div>
        )}
      </div>
    );
  }
  if (error) {
    return (
      <div className="flex flex-col gap-2">
        <p>
          <Status status={run.cause === 'call' ? 'warning' : 'failed'}>
            {run.cause === 'call'
              ? 'The client got a result with isError'
              : 'A client would get a result with isError'}
          </Status>
        </p>
        <pre className="whitespace-pre-wrap break-words rounded-md border border-line bg-sunken p-3 text-12">
          {error.message}
        </pre>
        <p className="text-12 text-muted">
          With it the model reads which step failed, and whether another try may help. To say it in your own
          words, put a Fail step into{' '}
          <Link className="underline" href={`/projects/${project}/workflows/${run.workflowId}`}>
            the workflow
          </Link>
          .
        </p>
      </div>
    );
  }
  return (
    <EmptyState
      title={
        status === 'suspended' || status === 'running' || status === 'queued'
          ? 'Nothing was answered yet'
          : 'Nothing was answered'
      }
    />
  );
}
