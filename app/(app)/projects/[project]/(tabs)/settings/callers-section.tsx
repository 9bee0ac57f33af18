'use client';

import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { ClientRule, Project } from '#app/data/types.ts';
import { useClientRules } from '#app/data/use-client-rules.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { useRemoveClientRule } from '#app/data/use-remove-client-rule.ts';
import { useUpdateProject } from '#app/data/use-update-project.ts';
import { Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { Changeable } from '#app/ui/changeable.tsx';
import { ConfirmMutation } from '#app/ui/confirm-mutation.tsx';
import { Field } from '#app/ui/field.tsx';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { Select } from '#app/ui/select.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { toast } from '#app/ui/toast.ts';
import { ClientRuleDialog } from './client-rule-dialog.tsx';

const VIEWERS = [
  { value: 'nothing', label: 'Nothing' },
  { value: 'reads', label: 'What only reads' },
  { value: 'all', label: 'Everything' },
] as const satisfies readonly { value: Project['viewerCalls']; label: string }[];

/** What people who sign in through a client may call: by their role, and by the client. */
export function CallersSection({ project }: { project: Project }) {
  const refusal = useRefusal('admin');
  return (
    <Section
      id="callers"
      title="Who may call what"
      description="For people who sign in through their client. What an API key may call is chosen when it is made."
    >
      <div className="flex max-w-160 flex-col gap-4 p-4">
        <Changeable refusal={refusal}>
          <ViewerCalls project={project} />
        </Changeable>
      </div>
      <Rules project={project.slug} refused={refusal !== null} />
    </Section>
  );
}

function ViewerCalls({ project }: { project: Project }) {
  const update = useUpdateProject(project.slug);
  return (
    <Field
      label="Viewers may call"
      description="Editors, admins and owners may call everything. A tool only reads where its workflow’s settings say so."
    >
      {(ids) => (
        <>
          <Select
            {...ids}
            className="w-44"
            value={project.viewerCalls}
            disabled={update.isPending}
            onValueChange={(viewerCalls) =>
              update.mutate({ viewerCalls }, { onSuccess: () => toast.success('Saved') })
            }
            options={[...VIEWERS]}
          />
          {update.error && <FieldMessage severity="error" message={update.error.message} />}
        </>
      )}
    </Field>
  );
}

function Rules({ project, refused }: { project: string; refused: boolean }) {
  const rules = useClientRules(project);
  const remove = useRemoveClientRule(project);
  const [making, setMaking] = useState(false);
  const [edited, setEdited] = useState<ClientRule | null>(null);
  const [doomed, setDoomed] = useState<ClientRule | null>(null);
  return (
    <div className="border-t border-line">
      <div className="flex items-center justify-between gap-3 px-4 pt-3">
        <div>
          <h3 className="text-13 font-medium">Rules for clients</h3>
          <p className="text-12 text-muted">
            What people may call through one client, at most. Without a rule: whatever they grant it.
          </p>
        </div>
        <Button disabled={refused} onClick={() => setMaking(true)}>
          <Plus /> New rule
        </Button>
      </div>
      <QueryView query={rules} what="the rules">
        {({ items }) =>
          items.length === 0 ? (
            <p className="p-4 text-muted">There are no rules.</p>
          ) : (
            <Table>
              <TableColumns names={['Client', 'May call']} actions />
              <TableBody>
                {items.map((rule) => (
                  <TableRow key={rule.id}>
                    <TableCell className="max-w-80 truncate font-mono text-12" title={rule.client}>
                      {nameOf(rule)}
                    </TableCell>
                    <TableCell className="max-w-80 truncate" title={rule.tools?.join(', ')}>
                      {wordsOf(rule)}
                    </TableCell>
                    <TableCell className="text-right whitespace-nowrap">
                      <Button size="small" disabled={refused} onClick={() => setEdited(rule)}>
                        Edit
                        <span className="sr-only"> the rule for {nameOf(rule)}</span>
                      </Button>{' '}
                      <Button
                        size="small"
                        variant="danger"
                        disabled={refused}
                        onClick={() => setDoomed(rule)}
                      >
                        Remove
                        <span className="sr-only"> the rule for {nameOf(rule)}</span>
                      </Button>
                    </TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
          )
        }
      </QueryView>
      {(making || edited) && (
        <ClientRuleDialog
          key={edited?.id ?? 'new'}
          project={project}
          rule={edited}
          onClose={() => {
            setMaking(false);
            setEdited(null);
          }}
        />
      )}
      <ConfirmMutation
        mutation={remove}
        variables={doomed?.id ?? null}
        onClose={() => setDoomed(null)}
        title={`Remove the rule for ${doomed && nameOf(doomed)}?`}
        description="From then on people may call through it whatever they may call themselves and granted it."
        action="Remove rule"
        done="Rule removed"
      />
    </div>
  );
}

function nameOf({ client }: ClientRule): string {
  return client === '*' ? 'All other clients' : client;
}

function wordsOf({ tools, readOnly }: ClientRule): string {
  const which = tools === null ? 'Everything' : tools.length === 0 ? 'Nothing' : tools.join(', ');
  return readOnly && tools?.length !== 0 ? `${which}, as far as it only reads` : which;
}
