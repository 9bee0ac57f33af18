import type { ApiDescription } from '#app/data/types.ts';
import { Disclosure } from '#app/ui/disclosure.tsx';
import { count } from '#app/ui/quantity.ts';
import { Status } from '#app/ui/status.tsx';

/** What is wrong with a description, each with its place; folded where the rest can be used. */
export function FaultList({ faults, open }: { faults: ApiDescription['faults']; open: boolean }) {
  if (faults.length === 0) return null;
  const errors = faults.filter(({ severity }) => severity === 'error').length;
  const notes = faults.length - errors;
  const words = [errors > 0 && count(errors, 'fault'), notes > 0 && count(notes, 'note')].filter(Boolean);
  return (
    <section
      aria-label="Faults of the document"
      className="rounded-md border border-line bg-surface px-4 py-3"
    >
      <Disclosure
        defaultOpen={open}
        title={
          <Status
            status={errors > 0 ? 'error' : 'warning'}
          >{`${words.join(' and ')} in the document`}</Status>
        }
      >
        <ul className="flex max-h-72 flex-col gap-2 overflow-auto text-13">
          {faults.map(({ severity, message, place }) => (
            <li key={`${place} ${message}`} className="flex min-w-0 items-start gap-2">
              <Status status={severity === 'error' ? 'error' : 'warning'} compact className="mt-0.5" />
              <span className="min-w-0">
                <span className="break-words">{message}</span>
                <code className="block truncate text-12 text-muted" title={place}>
                  {place}
                </code>
              </span>
            </li>
          ))}
        </ul>
      </Disclosure>
    </section>
  );
}
