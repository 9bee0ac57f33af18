import type { RunFilter } from '#app/data/use-runs.ts';
import { Input } from '#app/ui/input.tsx';
import { Select } from '#app/ui/select.tsx';
import { localMinute } from './local-minute.ts';

const ANY = 'any';
const CUSTOM = 'custom';
const DAY_MS = 86_400_000;

/** When the runs started: within a span up to now, or between two moments of this time zone. */
export function RunTimes({
  filter,
  onChange,
}: {
  filter: RunFilter;
  onChange: (changes: Record<string, string | null>) => void;
}) {
  const custom = filter.from !== undefined || filter.to !== undefined;
  return (
    <>
      <Select
        aria-label="Time"
        className="w-36"
        value={filter.within ?? (custom ? CUSTOM : ANY)}
        onValueChange={(value) => {
          const yesterday = new Date(Math.floor((Date.now() - DAY_MS) / 60_000) * 60_000);
          onChange({
            within: value === ANY || value === CUSTOM ? null : value,
            from: value === CUSTOM ? yesterday.toISOString() : null,
            to: null,
          });
        }}
        options={[
          { value: ANY, label: 'Any time' },
          { value: 'hour', label: 'Last hour' },
          { value: 'day', label: 'Last 24 hours' },
          { value: 'week', label: 'Last 7 days' },
          { value: CUSTOM, label: 'Between…' },
        ]}
      />
      {custom && (
        <span className="flex items-center gap-2 text-12 text-muted">
          <Moment label="From" value={filter.from} onChange={(from) => onChange({ from })} />
          to
          <Moment label="To" value={filter.to} onChange={(to) => onChange({ to })} />
        </span>
      )}
    </>
  );
}

function Moment({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string | undefined;
  onChange: (at: string | null) => void;
}) {
  return (
    <Input
      type="datetime-local"
      aria-label={label}
      className="w-48"
      value={value === undefined ? '' : localMinute(new Date(value))}
      onChange={({ target }) => {
        const at = new Date(target.value);
        onChange(Number.isNaN(at.getTime()) ? null : at.toISOString());
      }}
    />
  );
}
