'use client';

import type { CallerUse, Limits } from '#app/data/settings-types.ts';
import { useLimits, useUpdateLimits } from '#app/data/use-limits.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { AllowanceForm } from '#app/limits/allowance-form.tsx';
import { callerName, HitsTable } from '#app/limits/hits-table.tsx';
import { UsedLine } from '#app/limits/used-line.tsx';
import { Section } from '#app/shell/page-body.tsx';
import { Badge } from '#app/ui/badge.tsx';
import { number } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { toast } from '#app/ui/toast.ts';
import { UsedBar } from '#app/ui/used-bar.tsx';
import type { Allowance, ProjectLimits } from '#lib/workflow/limits.ts';

const ROWS: readonly { id: keyof ProjectLimits; label: string; withoutDays?: boolean }[] = [
  { id: 'key', label: 'Each key' },
  { id: 'person', label: 'Each person' },
  { id: 'address', label: 'Each address without a key', withoutDays: true },
  { id: 'project', label: 'The project' },
];

/** How much may be called, by whom it is, and what was refused. */
export function CallLimitsSection({ project }: { project: string }) {
  const query = useLimits(project);
  return (
    <Section
      id="limits"
      title="Limits of calls"
      description="A call over a limit is refused with 429, which says which limit it was and when to come back. Lists and other reading may come ten times as often."
    >
      <QueryView query={query} what="the limits">
        {(limits) => (
          <div className="flex flex-col gap-4 py-4">
            <LimitsForm key={JSON.stringify(limits.limits)} project={project} limits={limits.limits} />
            <Use limits={limits} />
            <HitsTable hits={limits.hits} />
          </div>
        )}
      </QueryView>
    </Section>
  );
}

function LimitsForm({ project, limits }: { project: string; limits: ProjectLimits }) {
  const refusal = useRefusal('admin');
  const update = useUpdateLimits(project);
  return (
    <AllowanceForm
      rows={ROWS}
      saved={limits}
      refusal={refusal}
      saving={update}
      onSave={(all) => update.mutate(all, { onSuccess: () => toast.success('Saved') })}
    >
      An empty field is no limit. Burst: so many may come at once before the average of a minute counts. At
      once: in one server process. Days and months are those of UTC.
    </AllowanceForm>
  );
}

function Use({ limits: { limits, ceiling, used, callers } }: { limits: Limits }) {
  const { burst } = limits.project;
  return (
    <>
      <dl className="grid grid-cols-[repeat(auto-fit,minmax(10rem,1fr))] gap-x-6 gap-y-3 border-t border-line px-4 pt-4">
        <UsedLine label="Calls today" used={used.project.today} limit={limits.project.perDay} />
        <UsedLine label="Calls this month" used={used.project.month} limit={limits.project.perMonth} />
        {limits.project.perMinute !== null && (
          <UsedLine label="Burst used now" used={burst - used.burstLeft} limit={burst} />
        )}
        {(ceiling.perDay !== null || ceiling.perMonth !== null) && (
          <>
            <UsedLine label="All projects today" used={used.organization.today} limit={ceiling.perDay} />
            <UsedLine
              label="All projects this month"
              used={used.organization.month}
              limit={ceiling.perMonth}
            />
          </>
        )}
      </dl>
      <Callers callers={callers} limits={limits} />
    </>
  );
}

const KINDS: Record<CallerUse['kind'], string> = {
  key: 'key',
  person: 'person',
  public: 'public',
  client: 'program',
};

function Callers({ callers, limits }: { callers: readonly CallerUse[]; limits: ProjectLimits }) {
  if (callers.length === 0) {
    return <p className="px-4 text-13 text-muted">Nobody has called a tool this month.</p>;
  }
  return (
    <Table>
      <TableColumns names={['Who calls', 'Kind', 'Today', 'This month']} />
      <TableBody>
        {callers.map((caller) => {
          const own = allowanceFor(caller, limits);
          return (
            <TableRow key={`${caller.kind} ${caller.id ?? caller.name}`}>
              <TableCell className="font-medium">{callerName(caller)}</TableCell>
              <TableCell>
                <Badge tone="outline">{KINDS[caller.kind]}</Badge>
              </TableCell>
              <UsedCell used={caller.today} limit={own?.perDay ?? null} />
              <UsedCell used={caller.month} limit={own?.perMonth ?? null} />
            </TableRow>
          );
        })}
      </TableBody>
    </Table>
  );
}

function UsedCell({ used, limit }: { used: number; limit: number | null }) {
  return (
    <TableCell className="py-1 tabular-nums">
      {limit === null ? number(used) : `${number(used)} of ${number(limit)}`}
      {limit !== null && <UsedBar part={used / limit} />}
    </TableCell>
  );
}

function allowanceFor({ kind }: CallerUse, limits: ProjectLimits): Allowance | null {
  return kind === 'key' || kind === 'person' ? limits[kind] : null;
}
