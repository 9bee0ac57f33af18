'use client';

import { X } from 'lucide-react';
import { useSources } from '#app/data/use-sources.ts';
import { SearchFilter } from '#app/shell/search-filter.tsx';
import { useFilterAddress } from '#app/shell/use-filter-address.ts';
import { Button } from '#app/ui/button.tsx';
import { number } from '#app/ui/quantity.ts';
import { Select } from '#app/ui/select.tsx';
import { useBase } from './base-context.tsx';
import { type DocumentFilter, isNarrowed } from './document-filter.ts';

const ANY = 'any';

/** Which documents are listed: the address is changed. */
export function DocumentFilters({
  filter,
  counts,
}: {
  filter: DocumentFilter;
  counts: { pending: number; ready: number; failed: number } | undefined;
}) {
  const { project, base } = useBase();
  const change = useFilterAddress();
  const sources = useSources(project, base.id).data?.items ?? [];
  const choose = (name: string) => (value: string) => change({ [name]: value === ANY ? null : value });
  const states = [
    { value: 'ready', label: 'Ready' },
    { value: 'pending', label: 'Being read' },
    { value: 'failed', label: 'Failed' },
  ] as const;
  return (
    <search aria-label="Filter documents" className="flex flex-wrap items-center gap-2">
      <SearchFilter
        label="Search names"
        className="w-64"
        text={filter.q ?? ''}
        onChange={(q) => change({ q })}
      />
      <Select
        aria-label="State"
        className="w-40"
        value={filter.status ?? ANY}
        onValueChange={choose('status')}
        options={[
          { value: ANY, label: 'Any state' },
          ...states.map(({ value, label }) => ({
            value,
            label: counts ? (
              <>
                {label} <span className="text-muted">{number(counts[value])}</span>
              </>
            ) : (
              label
            ),
          })),
        ]}
      />
      {sources.length > 0 && (
        <Select
          aria-label="Source"
          className="w-48"
          value={filter.source ?? ANY}
          onValueChange={choose('source')}
          options={[
            { value: ANY, label: 'Any source' },
            { value: 'none', label: 'Uploaded' },
            ...sources.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      )}
      {isNarrowed(filter) && (
        <Button variant="ghost" onClick={() => change({ q: null, status: null, source: null })}>
          <X aria-hidden /> Clear filters
        </Button>
      )}
    </search>
  );
}
