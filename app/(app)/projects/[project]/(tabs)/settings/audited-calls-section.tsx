'use client';

import { useAuditedCalls, useUpdateAuditedCalls } from '#app/data/use-audited-calls.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Changeable } from '#app/ui/changeable.tsx';
import { Field } from '#app/ui/field.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { Select } from '#app/ui/select.tsx';
import { toast } from '#app/ui/toast.ts';
import type { AuditCalls } from '#lib/workflow/audit-calls.ts';

const CALLS: { value: AuditCalls; label: string }[] = [
  { value: 'off', label: 'None' },
  { value: 'writes', label: 'Of tools that may change something' },
  { value: 'all', label: 'All' },
];

/** Which calls of tools are put into the audit log. */
export function AuditedCallsSection({ project }: { project: string }) {
  const refusal = useRefusal('admin');
  const query = useAuditedCalls(project);
  const update = useUpdateAuditedCalls(project);
  return (
    <Section
      id="audited-calls"
      title="Audited calls"
      description="Who called which tool through which client, and how it came out: kept in the audit log, longer than runs are. Never what was said."
    >
      <QueryView query={query} what="which calls are audited">
        {({ calls }) => (
          <div className="max-w-160 p-4">
            <Changeable refusal={refusal}>
              <Field
                label="Calls in the audit log"
                description="A tool only reads where its editors say so, under Annotations."
              >
                {(ids) => (
                  <>
                    <Select
                      {...ids}
                      className="w-72"
                      value={calls}
                      disabled={update.isPending}
                      onValueChange={(wanted) =>
                        update.mutate(wanted, { onSuccess: () => toast.success('Saved') })
                      }
                      options={CALLS}
                    />
                    {update.error && <FieldMessage severity="error" message={update.error.message} />}
                  </>
                )}
              </Field>
            </Changeable>
          </div>
        )}
      </QueryView>
    </Section>
  );
}
