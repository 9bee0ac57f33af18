import { ApiError } from '#app/data/api-error.ts';
import { FieldMessage } from '#app/ui/field-message.tsx';

/** Why a trigger was refused; arguments that do not fit are told one by one. */
export function TriggerError({ error }: { error: Error | null }) {
  if (!error) return null;
  const faults = error instanceof ApiError ? error.details['faults'] : undefined;
  return (
    <div role="alert" className="flex flex-col gap-1">
      <FieldMessage severity="error" message={error.message} />
      {Array.isArray(faults) && (
        <ul className="list-disc pl-8 text-12 text-danger-ink">
          {faults.map((fault) => (
            <li key={String(fault)}>{String(fault)}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
