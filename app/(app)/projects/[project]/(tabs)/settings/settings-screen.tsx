'use client';

import { useEffect } from 'react';
import { useAuditedCalls } from '#app/data/use-audited-calls.ts';
import { useConnections } from '#app/data/use-connections.ts';
import { useGuard } from '#app/data/use-guard.ts';
import { useLimits } from '#app/data/use-limits.ts';
import { usePeople } from '#app/data/use-people.ts';
import { useProject } from '#app/data/use-project.ts';
import { useUsage } from '#app/data/use-usage.ts';
import { PageBody } from '#app/shell/page-body.tsx';
import { SideIndex } from '#app/shell/side-index.tsx';
import { useSectionInView } from '#app/shell/use-section-in-view.ts';
import { QueryView } from '#app/ui/query-view.tsx';
import { AddressSection } from './address-section.tsx';
import { AuditedCallsSection } from './audited-calls-section.tsx';
import { CallLimitsSection } from './call-limits-section.tsx';
import { CallersSection } from './callers-section.tsx';
import { ConnectionList } from './connection-list.tsx';
import { DangerSection } from './danger-section.tsx';
import { EnvironmentSection } from './environment-section.tsx';
import { GeneralSection } from './general-section.tsx';
import { GuardSection } from './guard-section.tsx';
import { LimitsSection } from './limits-section.tsx';
import { PeopleSection } from './people-section.tsx';

const PARTS = [
  { href: '#general', label: 'General' },
  { href: '#address', label: 'Address' },
  { href: '#callers', label: 'Who may call what' },
  { href: '#people', label: 'People' },
  { href: '#environment', label: 'Environment values' },
  { href: '#connections', label: 'Connections' },
  { href: '#limits', label: 'Limits of calls' },
  { href: '#guard', label: 'Output guard' },
  { href: '#audited-calls', label: 'Audited calls' },
  { href: '#other-limits', label: 'Other limits' },
  { href: '#danger', label: 'Export, move, delete' },
];
const IDS = PARTS.map(({ href }) => href.slice(1));

/** What holds for the whole project. Each part is saved by itself. */
export function SettingsScreen({ slug }: { slug: string }) {
  const query = useProject(slug);
  // Parts that come later push those below them down: an address that names one is followed when all are there.
  const connections = useConnections(slug).data !== undefined;
  const usage = useUsage(slug).data !== undefined;
  const limits = useLimits(slug).data !== undefined;
  const guard = useGuard(slug).data !== undefined;
  const people = usePeople(slug).data !== undefined;
  const audited = useAuditedCalls(slug).data !== undefined;
  const whole = query.data !== undefined && connections && usage && limits && guard && people && audited;
  useEffect(() => {
    if (whole) document.getElementById(window.location.hash.slice(1))?.scrollIntoView();
  }, [whole]);
  const inView = useSectionInView(IDS, query.data !== undefined);
  return (
    <QueryView query={query} what="the project">
      {(project) => (
        <PageBody title="Settings">
          <SideIndex label="Settings" entries={PARTS} current={inView && `#${inView}`}>
            <GeneralSection project={project} />
            <AddressSection key={project.slug} project={project} />
            <CallersSection project={project} />
            <PeopleSection project={slug} />
            <EnvironmentSection project={project} />
            <ConnectionList project={slug} />
            <CallLimitsSection project={slug} />
            <GuardSection project={slug} />
            <AuditedCallsSection project={slug} />
            <LimitsSection project={slug} />
            <DangerSection project={project} />
          </SideIndex>
        </PageBody>
      )}
    </QueryView>
  );
}
