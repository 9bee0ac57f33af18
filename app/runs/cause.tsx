import { CalendarClock, Code2, MousePointerClick, Plug, Webhook, Workflow } from 'lucide-react';
import Link from 'next/link';
import type { RunCause, RunSummary } from '#app/data/types.ts';

/** What causes runs, in words, as a filter offers them. */
export const CAUSES: readonly { value: RunCause; label: string }[] = [
  { value: 'call', label: 'Call of a client' },
  { value: 'draft', label: 'Canvas' },
  { value: 'schedule', label: 'Schedule' },
  { value: 'webhook', label: 'Webhook' },
  { value: 'api', label: 'API' },
  { value: 'workflow', label: 'Another workflow' },
];

const ICONS = {
  call: Plug,
  draft: MousePointerClick,
  schedule: CalendarClock,
  webhook: Webhook,
  api: Code2,
  workflow: Workflow,
};

/** What caused a run: the client by its name, the run that called it as a link. */
export function Cause({
  project,
  run,
}: {
  project: string;
  run: Pick<RunSummary, 'cause' | 'client' | 'parentId'>;
}) {
  const Icon = ICONS[run.cause];
  const words =
    (run.cause === 'call' && run.client) || CAUSES.find(({ value }) => value === run.cause)?.label;
  return (
    <span className="flex min-w-0 items-center gap-1.5 text-muted">
      <Icon aria-hidden className="size-3.5 shrink-0" />
      {run.parentId === null ? (
        <span className="truncate">{words}</span>
      ) : (
        <Link
          href={`/projects/${project}/runs/${run.parentId}`}
          className="relative z-10 truncate underline hover:text-ink"
        >
          {words}
        </Link>
      )}
    </span>
  );
}
