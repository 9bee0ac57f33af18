import { number } from '#app/ui/quantity.ts';
import { UsedBar } from '#app/ui/used-bar.tsx';

/** How much of a limit is used, in words and as a bar. */
export function UsedLine({ label, used, limit }: { label: string; used: number; limit: number | null }) {
  return (
    <div>
      <dt className="text-12 text-muted">{label}</dt>
      <dd className="text-13 tabular-nums">
        {limit === null ? `${number(used)}, no limit` : `${number(used)} of ${number(limit)}`}
        {limit !== null && <UsedBar part={used / limit} />}
      </dd>
    </div>
  );
}
