'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { Project, Session } from '#app/data/types.ts';
import { useTransferProject } from '#app/data/use-people.ts';
import { useRefusal } from '#app/data/use-refusal.ts';
import { useSession } from '#app/data/use-session.ts';
import { Button } from '#app/ui/button.tsx';
import { Refusal } from '#app/ui/changeable.tsx';
import { ConfirmDialog } from '#app/ui/confirm-dialog.tsx';
import { Select } from '#app/ui/select.tsx';
import { toast } from '#app/ui/toast.ts';

/** Move the project to another organization in which one is owner or admin too. */
export function TransferRow({ project }: { project: Project }) {
  const session = useSession().data;
  const refusal = useRefusal('admin');
  const [asking, setAsking] = useState(false);
  const targets =
    session?.organizations.filter(
      ({ id, role }) => id !== project.organizationId && (role === 'owner' || role === 'admin'),
    ) ?? [];
  const reason =
    refusal ??
    (targets.length === 0 ? 'There is no other organization in which you are owner or admin.' : null);
  return (
    <div className="flex items-center justify-between gap-4 border-b border-line p-4">
      <span className="min-w-0">
        <span className="block font-medium">Move to another organization</span>
        <span className="text-12 text-muted">
          The project goes along with its address, workflows and runs; keys and secrets do not.
        </span>
        {reason && <Refusal>{reason}</Refusal>}
      </span>
      <Button disabled={reason !== null} onClick={() => setAsking(true)}>
        Move project
      </Button>
      {asking && <Question project={project} targets={targets} onClose={() => setAsking(false)} />}
    </div>
  );
}

function Question({
  project,
  targets,
  onClose,
}: {
  project: Project;
  targets: Session['organizations'];
  onClose(): void;
}) {
  const router = useRouter();
  const move = useTransferProject(project.slug);
  const [to, setTo] = useState(targets[0]!.id);
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Move ${project.name} to another organization?`}
      description="Its members see it then, and those of this organization do not any more."
      action="Move project"
      mustType={project.name}
      busy={move.isPending}
      onConfirm={() =>
        move.mutate(
          { organization: to, name: project.name },
          {
            onSuccess: () => {
              toast.success(`${project.name} is moved`);
              router.replace('/projects');
            },
            onError: (error) => toast.error(error.message),
          },
        )
      }
    >
      <Select
        aria-label="To which organization"
        value={to}
        onValueChange={setTo}
        options={targets.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <ul className="mt-3 list-disc pl-4">
        <li>API keys and grants are revoked: clients are refused until they get new ones.</li>
        <li>
          Connections and webhooks lose their secrets: enter them again there. Webhooks are switched off.
        </li>
        <li>Roles that were given in this project end.</li>
      </ul>
    </ConfirmDialog>
  );
}
