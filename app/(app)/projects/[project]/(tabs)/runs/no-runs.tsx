import { History, MailCheck } from 'lucide-react';
import Link from 'next/link';
import type { RunFilter } from '#app/data/use-runs.ts';
import { Button } from '#app/ui/button.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';

/** Nothing to list: for which reason, and what next. */
export function NoRuns({ project, filter }: { project: string; filter: RunFilter }) {
  const all = `/projects/${project}/runs`;
  const { dead, sort: _, ...rest } = filter;
  if (dead && Object.keys(rest).length === 0) {
    return (
      <EmptyState
        icon={MailCheck}
        title="No dead letters"
        action={
          <Button asChild>
            <Link href={all}>Show all runs</Link>
          </Button>
        }
      >
        Every background run came through, or was dealt with.
      </EmptyState>
    );
  }
  if (dead || Object.keys(rest).length > 0) {
    return (
      <EmptyState
        icon={History}
        title="No run matches"
        action={
          <Button asChild>
            <Link href={all}>Show all runs</Link>
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState
      icon={History}
      title="No runs yet"
      action={
        <Button asChild>
          <Link href={`/projects/${project}/connect`}>Connect a client</Link>
        </Button>
      }
    >
      Press Run on a workflow, or connect an MCP client and let it call a tool.
    </EmptyState>
  );
}
