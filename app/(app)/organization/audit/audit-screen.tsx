'use client';

import { Download } from 'lucide-react';
import { useSearchParams } from 'next/navigation';
import { useMemo } from 'react';
import type { AuditEvent } from '#app/data/settings-types.ts';
import { useAudit } from '#app/data/use-audit.ts';
import { useProjects } from '#app/data/use-projects.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { PageBody, Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { Refusal } from '#app/ui/changeable.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { exportAddress, readFilter } from './audit-address.ts';
import { AuditFilters } from './audit-filters.tsx';
import { AuditTable } from './audit-table.tsx';
import { ChainState } from './chain-state.tsx';

/** What happened in the organization, newest first. The address holds the filter. */
export function AuditScreen() {
  const search = useSearchParams();
  // Since when is reckoned once, and not anew each time it is drawn.
  const filter = useMemo(() => readFilter(search, Date.now()), [search]);
  const refusal = useRefusal('admin');
  const audit = useAudit(filter, refusal === null);
  const projects = useProjects().data?.items ?? [];
  return (
    <PageBody
      title="Audit log"
      description="Who did what, and when. Each event carries the mark of the one before it, so that none can be changed or taken out unseen."
      actions={
        refusal === null && (
          <>
            <Button asChild>
              <a href={exportAddress(filter, 'jsonl')} download>
                <Download /> Export as JSON Lines
              </a>
            </Button>
            <Button asChild>
              <a href={exportAddress(filter, 'otlp')} download>
                <Download /> Export for OpenTelemetry
              </a>
            </Button>
          </>
        )
      }
    >
      {refusal !== null ? (
        <Refusal>{refusal.replace('change this', 'read the log')}</Refusal>
      ) : (
        <>
          <ChainState />
          <AuditFilters search={search} />
          <QueryView query={audit} what="the audit log">
            {({ pages }) => {
              const items: AuditEvent[] = pages.flatMap((page) => page.items);
              if (items.length === 0) return <p className="p-4 text-muted">No event matches.</p>;
              return (
                <Section title="Newest first">
                  <AuditTable events={items} projects={projects} />
                  {audit.hasNextPage && (
                    <div className="flex justify-center p-3">
                      <Button busy={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
                        Show older events
                      </Button>
                    </div>
                  )}
                </Section>
              );
            }}
          </QueryView>
        </>
      )}
    </PageBody>
  );
}
