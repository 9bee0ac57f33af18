'use client';

import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import type { RunStatus } from '#app/data/types.ts';
import type { RunFilter } from '#app/data/use-runs.ts';
import { useWorkflows } from '#app/data/use-workflows.ts';
import { CAUSES } from '#app/runs/cause.tsx';
import { Segmented } from '#app/ui/segmented.tsx';
import { Select } from '#app/ui/select.tsx';

const ANY = 'any';

export const STATUSES: readonly { value: RunStatus; label: string }[] = [
  { value: 'succeeded', label: 'Succeeded' },
  { value: 'failed', label: 'Failed' },
  { value: 'running', label: 'Running' },
  { value: 'queued', label: 'Queued' },
  { value: 'suspended', label: 'Waiting' },
  { value: 'timed_out', label: 'Timed out' },
  { value: 'cancelled', label: 'Cancelled' },
  { value: 'crashed', label: 'Crashed' },
];

/** Which runs are shown: the address is changed. */
export function RunFilters({ project, filter }: { project: string; filter: RunFilter }) {
  const router = useRouter();
  const path = usePathname();
  const search = useSearchParams();
  const workflows = useWorkflows(project);

  const filterBy = (name: string, value: string): void => {
    const next = new URLSearchParams(search);
    if (value === ANY) next.delete(name);
    else next.set(name, value);
    router.replace(next.size === 0 ? path : `${path}?${next}`);
  };

  return (
    <>
      <Segmented
        label="Which runs"
        value={filter.dead ? 'dead' : 'all'}
        onValueChange={(value) => filterBy('dead', value === 'dead' ? 'true' : ANY)}
        options={[
          { value: 'all', label: 'All runs' },
          { value: 'dead', label: 'Dead letters' },
        ]}
      />
      <Select
        aria-label="Workflow"
        className="w-40"
        value={filter.workflow ?? ANY}
        onValueChange={(value) => filterBy('workflow', value)}
        options={[
          { value: ANY, label: 'All workflows' },
          ...(workflows.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      <Select
        aria-label="Cause"
        className="w-36"
        value={filter.cause ?? ANY}
        onValueChange={(value) => filterBy('cause', value)}
        options={[{ value: ANY, label: 'Any cause' }, ...CAUSES]}
      />
      <Select
        aria-label="Outcome"
        className="w-32"
        value={filter.status ?? ANY}
        onValueChange={(value) => filterBy('status', value)}
        options={[{ value: ANY, label: 'Any outcome' }, ...STATUSES]}
      />
    </>
  );
}
