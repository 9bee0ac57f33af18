'use client';

import type { Ceiling } from '#app/data/settings-types.ts';
import { useCeiling, useUpdateCeiling } from '#app/data/use-ceiling.ts';
import { useSession } from '#app/data/use-session.ts';
import { AllowanceForm } from '#app/limits/allowance-form.tsx';
import { HitsTable } from '#app/limits/hits-table.tsx';
import { UsedLine } from '#app/limits/used-line.tsx';
import { Section } from '#app/shell/page-body.tsx';
import { number } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { TableLink } from '#app/ui/table-link.tsx';
import { toast } from '#app/ui/toast.ts';

/** How much all projects may be called together. */
export function CeilingSection() {
  const query = useCeiling();
  return (
    <Section
      id="limits"
      title="Limits of calls"
      description="For all projects together, beside the limits that each has of its own."
    >
      <QueryView query={query} what="the limits">
        {(ceiling) => (
          <div className="flex flex-col gap-4 py-4">
            <CeilingForm key={JSON.stringify(ceiling.ceiling)} ceiling={ceiling.ceiling} />
            <dl className="grid grid-cols-[repeat(auto-fit,minmax(10rem,1fr))] gap-x-6 gap-y-3 border-t border-line px-4 pt-4">
              <UsedLine label="Calls today" used={ceiling.used.today} limit={ceiling.ceiling.perDay} />
              <UsedLine label="Calls this month" used={ceiling.used.month} limit={ceiling.ceiling.perMonth} />
            </dl>
            <Projects projects={ceiling.projects} />
            <HitsTable hits={ceiling.hits} />
          </div>
        )}
      </QueryView>
    </Section>
  );
}

function CeilingForm({ ceiling }: Pick<Ceiling, 'ceiling'>) {
  const role = useSession().data?.role;
  const refusal = role === undefined || role === 'owner' ? null : 'Only owners can change this.';
  const update = useUpdateCeiling();
  return (
    <AllowanceForm
      rows={[{ id: 'organization', label: 'All projects' }]}
      saved={{ organization: ceiling }}
      refusal={refusal}
      saving={update}
      onSave={({ organization }) => update.mutate(organization, { onSuccess: () => toast.success('Saved') })}
    >
      An empty field is no limit. Days and months are those of UTC.
    </AllowanceForm>
  );
}

function Projects({ projects }: Pick<Ceiling, 'projects'>) {
  if (projects.length === 0) {
    return <p className="px-4 text-13 text-muted">No project was called this month.</p>;
  }
  return (
    <Table>
      <TableColumns names={['Project', 'Today', 'This month']} numeric={['Today', 'This month']} />
      <TableBody>
        {projects.map(({ slug, name, today, month }) => (
          <TableRow key={slug}>
            <TableCell>
              <TableLink href={`/projects/${slug}/settings#limits`}>{name}</TableLink>
            </TableCell>
            <TableCell className="text-right tabular-nums">{number(today)}</TableCell>
            <TableCell className="text-right tabular-nums">{number(month)}</TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
