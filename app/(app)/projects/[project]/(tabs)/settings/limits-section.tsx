'use client';

import type { ReactNode } from 'react';
import type { Usage } from '#app/data/settings-types.ts';
import { useUsage } from '#app/data/use-usage.ts';
import { Section } from '#app/shell/page-body.tsx';
import { bytes, count, number } from '#app/ui/quantity.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { UsedBar } from '#app/ui/used-bar.tsx';

interface Line {
  what: string;
  /** How much there is now. */
  used: ReactNode;
  /** Part of the limit that is used, from 0 to 1; null where there is none. */
  part: number | null;
  limit: string;
  /** What happens at the limit. */
  after: string;
}

/** How much the project has of everything, and how much it may. */
export function LimitsSection({ project }: { project: string }) {
  const usage = useUsage(project);
  return (
    <Section
      id="other-limits"
      title="Other limits"
      description="What is used now, and what happens when there is no more."
    >
      <QueryView query={usage} what="the limits">
        {(data) => (
          <Table>
            <TableColumns names={['What', 'Used', 'Limit', 'At the limit']} />
            <TableBody>
              {linesOf(data).map(({ what, used, part, limit, after }) => (
                <TableRow key={what}>
                  <TableCell className="py-2 align-top font-medium">{what}</TableCell>
                  <TableCell className="py-2 align-top whitespace-nowrap tabular-nums">
                    {used}
                    {part !== null && <UsedBar part={part} />}
                  </TableCell>
                  <TableCell className="py-2 align-top tabular-nums">{limit}</TableCell>
                  <TableCell className="py-2 align-top text-muted">{after}</TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        )}
      </QueryView>
    </Section>
  );
}

function linesOf(usage: Usage): Line[] {
  const { limits } = usage;
  return [
    {
      what: 'Background runs at once',
      used:
        usage.queued === 0
          ? number(usage.runningInBackground)
          : `${number(usage.runningInBackground)}, ${number(usage.queued)} waiting`,
      part: usage.runningInBackground / limits.background,
      limit: `${number(limits.background)}, set under General`,
      after: 'Schedules, webhooks and jobs wait for their turn.',
    },
    {
      what: 'Runs kept',
      used: number(usage.runs),
      part: usage.runs / limits.runs,
      limit: `The newest ${number(limits.runs)}, for ${count(limits.runDays, 'day')}`,
      after: 'Older ones are deleted within the hour.',
    },
    {
      what: 'Documents',
      used: `${number(usage.documents)}, ${bytes(usage.documentBytes)}`,
      part: null,
      limit: `${bytes(limits.documentBytes)} each; no limit to their number`,
      after: 'A larger file is refused.',
    },
    {
      what: 'Stored entries',
      used: number(usage.storeEntries),
      part: usage.storeEntries / limits.storeEntries,
      limit: `${number(limits.storeEntries)}, of ${bytes(limits.storeValueBytes)} each`,
      after: 'The step that stores fails.',
    },
    {
      what: 'API keys',
      used: number(usage.keys),
      part: null,
      limit: 'None',
      after: 'One for each client is best: they are revoked one by one.',
    },
    {
      what: 'Event streams',
      used: '–',
      part: null,
      limit: `${limits.streamsPerCaller} of one caller`,
      after: 'Further streams are refused until one closes.',
    },
  ];
}
