import type { CallerUse, LimitHit } from '#app/data/settings-types.ts';
import { count } from '#app/ui/quantity.ts';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';

const LIMITS: Record<LimitHit['limit'], string> = {
  perMinute: 'Calls a minute',
  atOnce: 'Calls at once',
  perDay: 'Calls a day',
  perMonth: 'Calls a month',
};

const WHOSE: Record<LimitHit['of'], string> = {
  key: 'a key',
  person: 'a person',
  address: 'an address without a key',
  project: 'the project',
  organization: 'the organization',
};

/** Limits that refused calls, the last first. */
export function HitsTable({ hits }: { hits: readonly LimitHit[] }) {
  if (hits.length === 0) {
    return <p className="px-4 py-3 text-13 text-muted">No call was refused in the last 100 days.</p>;
  }
  return (
    <Table>
      <TableColumns names={['Limit that was hit', 'Who', 'Refused', 'Last']} numeric={['Refused']} />
      <TableBody>
        {hits.map((hit) => (
          <TableRow key={`${hit.of} ${hit.limit} ${hit.who?.id}`}>
            <TableCell className="font-medium">
              {LIMITS[hit.limit]} of {WHOSE[hit.of]}
            </TableCell>
            <TableCell>{hit.who ? callerName(hit.who) : '–'}</TableCell>
            <TableCell className="text-right tabular-nums">{count(hit.refused, 'call')}</TableCell>
            <TableCell className="text-muted">
              <RelativeTime at={hit.lastAt} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

/** In words; of those whose name is gone, what they were. */
export function callerName({ kind, name }: Pick<CallerUse, 'kind' | 'name'>): string {
  if (kind === 'public') return 'Callers without a key';
  const gone = { key: 'A revoked key', person: 'A person who left', client: 'Programs without a name' };
  return name ?? gone[kind];
}
