'use client';

import { useSearchParams } from 'next/navigation';
import { useMemo } from 'react';
import type { AuditEvent } from '#app/data/settings-types.ts';
import { type AuditFilter, useAudit } from '#app/data/use-audit.ts';
import { useOrganization } from '#app/data/use-organization.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { PageBody, Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { Refusal } from '#app/ui/changeable.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { Select } from '#app/ui/select.tsx';
import { Status } from '#app/ui/status.tsx';
import { Table, TableBody, TableCell, TableColumns, TableRow } from '#app/ui/table.tsx';
import { ABOUT, actorWords, auditWords, factWords, SINCE } from './audit-words.ts';

const ALL = 'all';

/** What happened in the organization, newest first. The address holds the filter. */
export function AuditScreen() {
  const search = useSearchParams();
  // Since when is reckoned once, and not anew each time it is drawn.
  const filter = useMemo(() => readFilter(search), [search]);
  const refusal = useRefusal('admin');
  const audit = useAudit(filter, refusal === null);
  const members = useOrganization().data?.members ?? [];
  const put = (name: 'about' | 'actor' | 'since', value: string): void => {
    const address = new URL(window.location.href);
    if (value === ALL) address.searchParams.delete(name);
    else address.searchParams.set(name, value);
    window.history.replaceState(null, '', address);
  };
  return (
    <PageBody
      title="Audit log"
      description="Who did what, and when. Each event carries the mark of the one before it, so that none can be changed or taken out unseen."
      actions={
        <>
          <Select
            aria-label="About"
            className="w-44"
            value={filter.about ?? ALL}
            onValueChange={(value) => put('about', value)}
            options={[
              { value: ALL, label: 'About anything' },
              ...Object.entries(ABOUT).map(([value, label]) => ({ value, label })),
            ]}
          />
          <Select
            aria-label="By"
            className="w-44"
            value={filter.actor ?? ALL}
            onValueChange={(value) => put('actor', value)}
            options={[
              { value: ALL, label: 'By anybody' },
              ...members.map(({ userId, name }) => ({ value: userId, label: name })),
            ]}
          />
          <Select
            aria-label="When"
            className="w-40"
            value={sinceOf(search) ?? ALL}
            onValueChange={(value) => put('since', value)}
            options={[
              { value: ALL, label: 'At any time' },
              ...Object.entries(SINCE).map(([value, { label }]) => ({ value, label })),
            ]}
          />
        </>
      }
    >
      {refusal !== null ? (
        <Refusal>{refusal.replace('change this', 'read the log')}</Refusal>
      ) : (
        <QueryView query={audit} what="the audit log">
          {({ pages }) => {
            const items = pages.flatMap((page) => page.items);
            if (items.length === 0) return <p className="p-4 text-muted">No event matches.</p>;
            return (
              <Section title="Newest first">
                <Events events={items} />
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
      )}
    </PageBody>
  );
}

function Events({ events }: { events: readonly AuditEvent[] }) {
  return (
    <Table>
      <TableColumns names={['When', 'Who', 'What', 'Facts']} />
      <TableBody>
        {events.map((event) => (
          <TableRow key={event.number}>
            <TableCell className="text-muted">
              <RelativeTime at={event.at} />
            </TableCell>
            <TableCell>
              {actorWords(event.actor)}
              {event.ip && <span className="block font-mono text-12 text-muted">{event.ip}</span>}
            </TableCell>
            <TableCell>
              {auditWords(event.action)}
              {event.outcome !== 'ok' && (
                <span className="ml-2">
                  <Status status="refused" />
                </span>
              )}
              <code className="block text-12 text-muted">{event.action}</code>
            </TableCell>
            <TableCell className="max-w-90 break-words font-mono text-12 text-muted">
              <Facts event={event} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function Facts({ event: { details, target } }: { event: AuditEvent }) {
  return <span title={JSON.stringify({ target, ...details })}>{factWords(details)}</span>;
}

function sinceOf(search: URLSearchParams): string | null {
  const since = search.get('since');
  return since !== null && Object.hasOwn(SINCE, since) ? since : null;
}

/** What the address asks for; what it cannot mean is left out. */
function readFilter(search: URLSearchParams): AuditFilter {
  const about = search.get('about');
  const actor = search.get('actor');
  const ms = SINCE[sinceOf(search) ?? '']?.ms;
  return {
    ...(about && Object.hasOwn(ABOUT, about) && { about }),
    ...(actor && actor.length <= 64 && { actor }),
    ...(ms !== undefined && { from: new Date(Date.now() - ms).toISOString() }),
  };
}
