'use client';

import { ChevronRight } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import type { Approval } from '#app/data/types.ts';
import { useDecideApproval } from '#app/data/use-decide-approval.ts';
import { useRole } from '#app/data/use-role.ts';
import { ApprovalQuestion } from '#app/questions/question-form.tsx';
import { classNames } from '#app/ui/class-names.ts';
import { RelativeTime } from '#app/ui/relative-time.tsx';
import { toast } from '#app/ui/toast.ts';

/** What waits for a decision; one is open at a time, at first the one that was asked last. */
export function PendingList({ project, approvals }: { project: string; approvals: readonly Approval[] }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [folded, setFolded] = useState(false);
  const open = approvals.find(({ id }) => id === chosen) ?? approvals[0];
  return (
    <ul className="divide-y divide-line">
      {approvals.map((approval) => {
        const isOpen = !folded && approval === open;
        return (
          <li key={approval.id}>
            <button
              type="button"
              aria-expanded={isOpen}
              onClick={() => {
                setFolded(isOpen);
                setChosen(approval.id);
              }}
              className="flex w-full items-start gap-2 px-4 py-2.5 text-left hover:bg-hover"
            >
              <ChevronRight
                aria-hidden
                className={classNames(
                  'mt-0.5 size-4 shrink-0 text-muted transition-transform',
                  isOpen && 'rotate-90',
                )}
              />
              <span className="min-w-0 flex-1">
                <span
                  className={classNames('block font-medium', isOpen ? 'whitespace-pre-wrap' : 'truncate')}
                >
                  {approval.message}
                </span>
                <span className="flex flex-wrap gap-x-3 text-12 text-muted">
                  <span className="font-mono">{approval.workflowName}</span>
                  {approval.client && <span>{approval.client}</span>}
                  <span>
                    asked <RelativeTime at={approval.requestedAt} />
                  </span>
                  <span>
                    expires <RelativeTime at={approval.expiresAt} />
                  </span>
                </span>
              </span>
            </button>
            {isOpen && <Deciding project={project} approval={approval} />}
          </li>
        );
      })}
    </ul>
  );
}

function Deciding({ project, approval }: { project: string; approval: Approval }) {
  const decide = useDecideApproval(project);
  const editable = useRole() !== 'viewer';
  const { id, details, runId } = approval;
  return (
    <div className="flex max-w-180 flex-col gap-3 px-4 pb-4 pl-10">
      {editable ? (
        <ApprovalQuestion
          message={null}
          details={details}
          busy={decide.isPending}
          onAnswer={(decision) =>
            decide.mutate(
              { approval: id, ...decision },
              {
                onSuccess: () =>
                  toast.success(decision.approved ? 'Approved: the run goes on' : 'Refused: the run is told'),
                // Somebody was first, or it is too late: the list says how it stands now.
                onError: (error) => toast.error(error.message),
              },
            )
          }
        />
      ) : (
        <p className="text-muted">Editors, admins and owners of the organization decide this.</p>
      )}
      <Link
        href={`/projects/${project}/runs/${runId}`}
        className="self-start text-12 text-accent-ink underline-offset-2 hover:underline"
      >
        Open the run
      </Link>
    </div>
  );
}
