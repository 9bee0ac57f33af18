import { JsonTree } from '#app/form/json-tree.tsx';
import type { JsonValue } from '#lib/workflow/json.ts';

/** What was and what is now, one above the other: both keep the whole width of a narrow panel. */
export function Beside({
  before,
  now,
  words,
}: {
  before: JsonValue;
  now: JsonValue;
  /** `Recorded`, `Expected` */
  words: string;
}) {
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <Side title={words} value={before} />
      <Side title="Now" value={now} />
    </div>
  );
}

function Side({ title, value }: { title: string; value: JsonValue }) {
  return (
    <section aria-label={title} className="min-w-0 rounded-md border border-line bg-sunken p-2">
      <p className="mb-1 font-medium text-12">{title}</p>
      <div className="max-h-60 overflow-auto">
        {value === null ? (
          <p className="text-muted">nothing</p>
        ) : (
          <JsonTree value={value} label={title} openDepth={5} />
        )}
      </div>
    </section>
  );
}
