'use client';

import { ShieldCheck } from 'lucide-react';
import Link from 'next/link';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import type { Approval } from '#app/data/types.ts';
import { useApprovals } from '#app/data/use-approvals.ts';
import { PageBody, Section } from '#app/shell/page-body.tsx';
import { Button } from '#app/ui/button.tsx';
import { EmptyState } from '#app/ui/empty-state.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { Select } from '#app/ui/select.tsx';
import { DecidedTable } from './decided-table.tsx';
import { PendingList } from './pending-list.tsx';

const ANY = 'any';

const STATUSES = [
  { value: ANY, label: 'Any state' },
  { value: 'pending', label: 'Waiting' },
  { value: 'approved', label: 'Approved' },
  { value: 'refused', label: 'Refused' },
  { value: 'expired', label: 'Expired' },
] as const;

/** What runs ask the team to approve: what waits first, then what was decided. The address holds the filter. */
export function ApprovalsScreen({ project }: { project: string }) {
  const router = useRouter();
  const path = usePathname();
  const search = useSearchParams();
  const status = STATUSES.find(({ value }) => value === search.get('status'))?.value ?? ANY;
  const approvals = useApprovals(project, status === ANY ? undefined : status);
  return (
    <PageBody
      title="Approvals"
      description="Runs that ask before they go on. A decision is kept with your name and what it was about."
      actions={
        <Select
          aria-label="State"
          className="w-32"
          value={status}
          onValueChange={(value) => router.replace(value === ANY ? path : `${path}?status=${value}`)}
          options={STATUSES}
        />
      }
    >
      <QueryView query={approvals} what="the approvals">
        {({ items }) => <Approvals project={project} approvals={items} filtered={status !== ANY} />}
      </QueryView>
    </PageBody>
  );
}

function Approvals({
  project,
  approvals,
  filtered,
}: {
  project: string;
  approvals: readonly Approval[];
  filtered: boolean;
}) {
  const pending = approvals.filter(({ status }) => status === 'pending');
  const decided = approvals.filter(({ status }) => status !== 'pending');
  if (approvals.length === 0) {
    return filtered ? (
      <EmptyState
        icon={ShieldCheck}
        title="No approval matches"
        action={
          <Button asChild>
            <Link href={`/projects/${project}/approvals`}>Show all approvals</Link>
          </Button>
        }
      />
    ) : (
      <EmptyState
        icon={ShieldCheck}
        title="Nobody was asked yet"
        action={
          <Button asChild>
            <Link href={`/projects/${project}`}>Open a workflow</Link>
          </Button>
        }
      >
        Put an Approve step before what must not happen unseen: the run waits here until somebody decides.
      </EmptyState>
    );
  }
  return (
    <>
      {pending.length > 0 && (
        <Section title="Waiting for a decision">
          <PendingList project={project} approvals={pending} />
        </Section>
      )}
      {decided.length > 0 && (
        <Section title="Decided">
          <DecidedTable project={project} approvals={decided} />
        </Section>
      )}
    </>
  );
}
