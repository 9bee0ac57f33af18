'use client';

import { X } from 'lucide-react';
import { useClients } from '#app/data/use-clients.ts';
import type { RunFilter } from '#app/data/use-runs.ts';
import { useWorkflows } from '#app/data/use-workflows.ts';
import { CAUSES } from '#app/runs/cause.tsx';
import { STATUSES } from '#app/runs/statuses.ts';
import { SearchFilter } from '#app/shell/search-filter.tsx';
import { useFilterAddress } from '#app/shell/use-filter-address.ts';
import { Button } from '#app/ui/button.tsx';
import { Select } from '#app/ui/select.tsx';
import { RunTimes } from './run-times.tsx';

const ANY = 'any';

/** Which runs are shown: the address is changed. */
export function RunFilters({ project, filter }: { project: string; filter: RunFilter }) {
  const change = useFilterAddress();
  const workflows = useWorkflows(project);
  const clients = useClients(project);
  const names = new Set(clients.data?.items.filter(({ calledAt }) => calledAt).map(({ name }) => name));
  if (filter.client) names.add(filter.client);
  const { dead: _, sort: __, ...narrowing } = filter;
  const choose = (name: string) => (value: string) => change({ [name]: value === ANY ? null : value });

  return (
    <search aria-label="Filter runs" className="flex flex-wrap items-center gap-2">
      <SearchFilter
        label="Run id or error"
        className="w-48"
        text={filter.text ?? ''}
        onChange={(text) => change({ text })}
      />
      <Select
        aria-label="Workflow"
        className="w-40"
        value={filter.workflow ?? ANY}
        onValueChange={choose('workflow')}
        options={[
          { value: ANY, label: 'All workflows' },
          ...(workflows.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      <Select
        aria-label="Client"
        className="w-36"
        value={filter.client ?? ANY}
        onValueChange={choose('client')}
        options={[
          { value: ANY, label: 'Any client' },
          ...[...names].sort().map((name) => ({ value: name, label: name })),
        ]}
      />
      <Select
        aria-label="Cause"
        className="w-36"
        value={filter.cause ?? ANY}
        onValueChange={choose('cause')}
        options={[{ value: ANY, label: 'Any cause' }, ...CAUSES]}
      />
      <Select
        aria-label="Outcome"
        className="w-32"
        value={filter.status ?? ANY}
        onValueChange={choose('status')}
        options={[{ value: ANY, label: 'Any outcome' }, ...STATUSES]}
      />
      <RunTimes filter={filter} onChange={change} />
      {Object.keys(narrowing).length > 0 && (
        <Button
          variant="ghost"
          onClick={() =>
            change(Object.fromEntries([...Object.keys(narrowing), 'from', 'to'].map((name) => [name, null])))
          }
        >
          <X aria-hidden />
          Clear filters
        </Button>
      )}
    </search>
  );
}
