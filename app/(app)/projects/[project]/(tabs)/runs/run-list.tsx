'use client';

import { useSearchParams } from 'next/navigation';
import type { RunCause, RunStatus } from '#app/data/types.ts';
import { type RunFilter, useRuns } from '#app/data/use-runs.ts';
import { CAUSES } from '#app/runs/cause.tsx';
import { PageBody, Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { NoRuns } from './no-runs.tsx';
import { RunFilters, STATUSES } from './run-filters.tsx';
import { RunTable } from './run-table.tsx';

/** Runs of a project, newest first. The address holds the filter. */
export function RunList({ project }: { project: string }) {
  const filter = readFilter(useSearchParams());
  const runs = useRuns(project, filter);
  const dead = filter.dead === true;
  return (
    <PageBody
      title="Runs"
      description={
        dead
          ? 'Background runs that failed in their last attempt. They stay here until somebody retries or dismisses them.'
          : 'Every run, whoever started it. Kept for 30 days or 10,000 runs, whichever ends first.'
      }
      actions={<RunFilters project={project} filter={filter} />}
    >
      <QueryView query={runs} what="the runs">
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0) return <NoRuns project={project} filter={filter} />;
          return (
            <Section title={dead ? 'Dead letters' : 'Newest first'}>
              <RunTable project={project} runs={items} />
              {runs.hasNextPage && (
                <div className="flex justify-center p-3">
                  <Button busy={runs.isFetchingNextPage} onClick={() => runs.fetchNextPage()}>
                    Show older runs
                  </Button>
                </div>
              )}
            </Section>
          );
        }}
      </QueryView>
    </PageBody>
  );
}

/** What the address asks for; what it cannot mean is left out. */
function readFilter(search: URLSearchParams): RunFilter {
  const workflow = search.get('workflow');
  const status = STATUSES.find(({ value }) => value === search.get('status'))?.value;
  const cause = CAUSES.find(({ value }) => value === search.get('cause'))?.value;
  return {
    ...(workflow && { workflow }),
    ...(status && { status: status satisfies RunStatus }),
    ...(cause && { cause: cause satisfies RunCause }),
    ...(search.get('dead') === 'true' && { dead: true }),
  };
}
