import type { RunFilter, RunSort, RunSpan } from '#app/data/use-runs.ts';
import { CAUSES } from '#app/runs/cause.tsx';
import { STATUSES } from '#app/runs/statuses.ts';

const SPANS: readonly RunSpan[] = ['hour', 'day', 'week'];
const SORTS: readonly RunSort[] = ['newest', 'oldest', 'slowest', 'fastest'];

/** What the address asks for; what it cannot mean is left out. */
export function readFilter(search: URLSearchParams): RunFilter {
  const workflow = search.get('workflow');
  const client = search.get('client');
  const text = search.get('text')?.trim().slice(0, 200);
  const status = STATUSES.find(({ value }) => value === search.get('status'))?.value;
  const cause = CAUSES.find(({ value }) => value === search.get('cause'))?.value;
  const within = SPANS.find((value) => value === search.get('within'));
  const from = timeIn(search.get('from'));
  const to = timeIn(search.get('to'));
  const sort = SORTS.find((value) => value === search.get('sort'));
  return {
    ...(workflow && { workflow }),
    ...(client && { client }),
    ...(status && { status }),
    ...(cause && { cause }),
    ...(within && { within }),
    ...(!within && from && { from }),
    ...(!within && to && { to }),
    ...(text && { text }),
    ...(sort && sort !== 'newest' && { sort }),
    ...(search.get('dead') === 'true' && { dead: true }),
  };
}

function timeIn(text: string | null): string | null {
  const at = new Date(text ?? '');
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
