'use client';

import { ArrowUp } from 'lucide-react';
import { useSearchParams } from 'next/navigation';
import { useEffect } from 'react';
import { MOST_NEWS, useRunList } from '#app/data/use-run-list.ts';
import { PageBody } from '#app/shell/page-body.tsx';
import { useFilterAddress } from '#app/shell/use-filter-address.ts';
import { Button } from '#app/ui/button.tsx';
import { count } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { Segmented } from '#app/ui/segmented.tsx';
import { NoRuns } from './no-runs.tsx';
import { readFilter } from './read-filter.ts';
import { RunFilters } from './run-filters.tsx';
import { RunTable } from './run-table.tsx';

/** Runs of a project. The address holds the filter. */
export function RunList({ project }: { project: string }) {
  const filter = readFilter(useSearchParams());
  const { list, runs, news, showNews } = useRunList(project, filter);
  const change = useFilterAddress();
  const dead = filter.dead === true;
  const first = list.data !== undefined && runs.length === 0 && news > 0;
  // Nothing is there that could jump.
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once, when the first are there
  useEffect(() => {
    if (first) void showNews();
  }, [first]);
  return (
    <PageBody
      title="Runs"
      description={
        dead
          ? 'Background runs that failed in their last attempt. They stay here until somebody retries or dismisses them.'
          : 'Every run, whoever started it. Kept for 30 days or 10,000 runs, whichever ends first.'
      }
      actions={
        <Segmented
          label="Which runs"
          value={dead ? 'dead' : 'all'}
          onValueChange={(value) => change({ dead: value === 'dead' ? 'true' : null })}
          options={[
            { value: 'all', label: 'All runs' },
            { value: 'dead', label: 'Dead letters' },
          ]}
        />
      }
    >
      <RunFilters project={project} filter={filter} />
      <QueryView query={list} what="the runs">
        {() =>
          runs.length === 0 && news === 0 ? (
            <NoRuns project={project} filter={filter} />
          ) : (
            <section
              aria-label={dead ? 'Dead letters' : 'Runs'}
              aria-busy={list.isPlaceholderData}
              className="overflow-hidden rounded-md border border-line bg-surface aria-busy:opacity-60"
            >
              <div aria-live="polite">
                {news > 0 && (
                  <button
                    type="button"
                    onClick={() => void showNews()}
                    className="flex h-8 w-full items-center justify-center gap-1.5 border-line border-b bg-accent-soft font-medium text-12 text-accent-ink hover:underline"
                  >
                    <ArrowUp aria-hidden className="size-3.5" />
                    {news === MOST_NEWS ? `${MOST_NEWS} or more new runs` : count(news, 'new run')}
                  </button>
                )}
              </div>
              <div className="flex max-h-[max(20rem,calc(100dvh-17rem))] flex-col">
                <RunTable project={project} runs={runs} sort={filter.sort ?? 'newest'} />
              </div>
              {list.hasNextPage && (
                <div className="flex justify-center border-line border-t p-2">
                  <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                    Show more runs
                  </Button>
                </div>
              )}
            </section>
          )
        }
      </QueryView>
    </PageBody>
  );
}
