'use client';

import { useState } from 'react';
import { useOrganization } from '#app/data/use-organization.ts';
import { useProjects } from '#app/data/use-projects.ts';
import { Button } from '#app/ui/button.tsx';
import { Input } from '#app/ui/input.tsx';
import { Select } from '#app/ui/select.tsx';
import { type AuditPart, putPart } from './audit-address.ts';
import { ABOUT, OUTCOMES, SINCE } from './audit-words.ts';

const ALL = 'all';

/** What of the log is shown. The address holds it. */
export function AuditFilters({ search }: { search: URLSearchParams }) {
  const members = useOrganization().data?.members ?? [];
  const projects = useProjects().data?.items ?? [];
  const select = (
    part: AuditPart,
    label: string,
    any: string,
    options: { value: string; label: string }[],
  ) => (
    <Select
      aria-label={label}
      className="w-38"
      value={options.some(({ value }) => value === search.get(part)) ? (search.get(part) ?? ALL) : ALL}
      onValueChange={(value) => putPart(part, value === ALL ? null : value)}
      options={[{ value: ALL, label: any }, ...options]}
    />
  );
  const labelled = (words: Readonly<Record<string, string>>) =>
    Object.entries(words).map(([value, label]) => ({ value, label }));
  return (
    <div className="flex flex-wrap items-center gap-2">
      {select('about', 'About', 'About anything', labelled(ABOUT))}
      {select(
        'actor',
        'By',
        'By anybody',
        members.map(({ userId, name }) => ({ value: userId, label: name })),
      )}
      {select(
        'project',
        'In project',
        'In any project',
        projects.map(({ id, name }) => ({ value: id, label: name })),
      )}
      {select('outcome', 'Outcome', 'With any outcome', labelled(OUTCOMES))}
      {select(
        'since',
        'When',
        'At any time',
        Object.entries(SINCE).map(([value, { label }]) => ({ value, label })),
      )}
      <Words key={`tool ${search.get('tool')}`} part="tool" label="Tool" search={search} />
      <Words key={`client ${search.get('client')}`} part="client" label="Client" search={search} />
      {search.size > 0 && (
        <Button onClick={() => window.history.replaceState(null, '', window.location.pathname)}>
          Clear filters
        </Button>
      )}
    </div>
  );
}

/** Filters when it is left, or with Enter. */
function Words({ part, label, search }: { part: AuditPart; label: string; search: URLSearchParams }) {
  const [text, setText] = useState(search.get(part) ?? '');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        putPart(part, text.trim());
      }}
    >
      <Input
        aria-label={label}
        placeholder={label}
        className="w-32"
        maxLength={120}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => putPart(part, text.trim())}
      />
    </form>
  );
}
