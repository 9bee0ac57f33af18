import { Search } from 'lucide-react';
import type { ApiOperation } from '#app/data/types.ts';
import { Input } from '#app/ui/input.tsx';
import { Select } from '#app/ui/select.tsx';
import { methodsOf, type OperationFilter, tagsOf } from './operation-filter.ts';

const ANY = 'any';

/** Search, tag and method. */
export function OperationFilters({
  operations,
  filter,
  onChange,
}: {
  operations: readonly ApiOperation[];
  filter: OperationFilter;
  onChange(filter: OperationFilter): void;
}) {
  const tags = tagsOf(operations);
  return (
    <>
      <span className="relative">
        <Search aria-hidden className="absolute top-1.5 left-2 size-4 text-faint" />
        <Input
          type="search"
          aria-label="Search operations"
          placeholder="Search"
          className="w-52 pl-7"
          value={filter.search}
          onChange={(event) => onChange({ ...filter, search: event.target.value })}
        />
      </span>
      {tags.length > 0 && (
        <Select
          aria-label="Tag"
          className="w-36"
          value={filter.tag || ANY}
          onValueChange={(tag) => onChange({ ...filter, tag: tag === ANY ? '' : tag })}
          options={[{ value: ANY, label: 'Any tag' }, ...tags.map((tag) => ({ value: tag, label: tag }))]}
        />
      )}
      <Select
        aria-label="Method"
        className="w-32"
        value={filter.method || ANY}
        onValueChange={(method) => onChange({ ...filter, method: method === ANY ? '' : method })}
        options={[
          { value: ANY, label: 'Any method' },
          ...methodsOf(operations).map((method) => ({ value: method, label: method })),
        ]}
      />
    </>
  );
}
