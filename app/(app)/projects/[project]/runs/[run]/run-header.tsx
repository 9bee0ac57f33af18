'use client';

import Link from 'next/link';
import type { Run } from '#app/data/types.ts';
import { useCancelRun } from '#app/data/use-cancel-run.ts';
import { useProject } from '#app/data/use-project.ts';
import { CallerLine } from '#app/runs/caller-line.tsx';
import { CopyRun } from '#app/runs/copy-run.tsx';
import { RunAgain } from '#app/runs/run-again.tsx';
import { Button } from '#app/ui/button.tsx';
import { duration } from '#app/ui/quantity.ts';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Status } from '#app/ui/status.tsx';
import { toast } from '#app/ui/toast.ts';

/** Which run this is, how it went and who began it; and what can be done with it. */
export function RunHeader({
  project,
  run,
  ended,
  waitsForTime,
  editable,
  replaying,
  onReplay,
  onSaveTest,
}: {
  project: string;
  run: Run;
  ended: boolean;
  /** Nobody has to answer. */
  waitsForTime: boolean;
  editable: boolean;
  replaying: boolean;
  onReplay: () => void;
  onSaveTest: () => void;
}) {
  const cancel = useCancelRun(project);
  const { data: owner } = useProject(project);
  const workflow = `/projects/${project}/workflows/${run.workflowId}`;
  return (
    <header className="shrink-0 border-b border-line bg-surface px-4">
      <div className="flex h-12 items-center gap-2">
        <nav aria-label="Breadcrumb" className="flex min-w-0 items-center gap-2 text-13 text-muted">
          <Link href={`/projects/${project}`} className="truncate hover:text-ink">
            {owner?.name ?? project}
          </Link>
          <span aria-hidden>▸</span>
          <Link href={`/projects/${project}/runs`} className="hover:text-ink">
            Runs
          </Link>
          <span aria-hidden>▸</span>
        </nav>
        <h1 className="min-w-0 truncate font-mono text-13 font-semibold">
          {run.workflowName}{' '}
          <span className="font-sans font-normal text-muted">
            {run.version === null ? 'draft' : `v${run.version}`}
          </span>
        </h1>
        <span className="flex-1" />
        {!ended && editable && (
          <Button
            busy={cancel.isPending}
            onClick={() =>
              cancel.mutate(run.id, {
                onError: (error) => toast.error(error.message),
                onSuccess: () => toast('Asked to stop'),
              })
            }
          >
            Cancel
          </Button>
        )}
        {ended && editable && (
          <Button busy={replaying} onClick={onReplay}>
            Replay with the draft
          </Button>
        )}
        {(run.status === 'succeeded' || run.status === 'failed') && editable && (
          <Button onClick={onSaveTest}>Save as test</Button>
        )}
        {ended && editable && <RunAgain project={project} run={run} />}
        <CopyRun project={project} run={run} />
        {ended && run.document && editable && (
          <Button asChild>
            <Link href={`${workflow}?run=${run.id}&graph=draft`}>Debug in the editor</Link>
          </Button>
        )}
        <Button asChild>
          <Link href={workflow}>Open the workflow</Link>
        </Button>
      </div>
      <div className="-mt-1 flex h-7 items-center gap-3 whitespace-nowrap pb-1 text-12 text-muted">
        <Status status={run.status}>{waitsForTime ? 'Waiting for its time' : undefined}</Status>
        <RelativeTime at={run.startedAt} />
        {run.durationMs !== null && ended && (
          <span className="tabular-nums" title={`${run.durationMs.toLocaleString('en')} ms`}>
            {duration(run.durationMs)}
          </span>
        )}
        <CallerLine project={project} run={run} />
        <span className="flex-1" />
        <span className="truncate font-mono text-12" title="Id of this run">
          {run.id}
        </span>
      </div>
    </header>
  );
}
