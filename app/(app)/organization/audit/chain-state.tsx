'use client';

import { useAuditCheck, useCheckAudit } from '#app/data/use-audit-check.ts';
import { Button } from '#app/ui/button.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';

/** Whether the log is as it was written, as far as somebody looked. */
export function ChainState() {
  const check = useAuditCheck(true).data?.check;
  const look = useCheckAudit();
  return (
    <div className="flex flex-wrap items-center gap-3 rounded-md border border-line bg-surface px-4 py-2.5">
      <p className="min-w-0 flex-1 text-13" aria-live="polite">
        {check === undefined ? (
          'Looking when the chain was verified …'
        ) : check === null ? (
          'The chain was not verified yet.'
        ) : check.broken === null ? (
          <>
            Chain verified up to no. {check.number}, <RelativeTime at={check.at} />.
          </>
        ) : (
          <span className="text-danger-ink">
            No. {check.broken} was changed or taken out. Compare it with your last export, or with where the
            server’s log says that the log stood.
          </span>
        )}
      </p>
      <Button busy={look.isPending} onClick={() => look.mutate()}>
        Verify now
      </Button>
      {look.error && <FieldMessage severity="error" message={look.error.message} />}
    </div>
  );
}
