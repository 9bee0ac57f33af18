'use client';

import { useRouter } from 'next/navigation';
import { useKeyCaps } from '#app/canvas/use-key-caps.ts';
import { useCreateWorkflow } from '#app/data/use-create-workflow.ts';
import { useWorkflows } from '#app/data/use-workflows.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { Doors } from './doors.tsx';
import { PasteDialog } from './paste-dialog.tsx';
import { type PasteDoor, usePasteDoor } from './use-paste-door.tsx';
import { usePasteListener } from './use-paste-listener.ts';

/** A door whose steps become a workflow of their own, which is opened. */
export function useWorkflowDoor(project: string): PasteDoor {
  const router = useRouter();
  const create = useCreateWorkflow(project);
  const workflows = useWorkflows(project).data?.items ?? [];
  const place = async (document: WorkflowDocument): Promise<void> => {
    const name = freeName(document.name, new Set(workflows.map((one) => one.name)));
    const { id } = await create.mutateAsync({ name, document: { ...document, name } });
    router.push(`/projects/${project}/workflows/${id}`);
  };
  return usePasteDoor({ project, place });
}

/** Where something is pasted: what stands in the field; null when it is closed. */
export type Pasting = string | null;

/** The doors of a project: what is pasted anywhere on its page becomes a workflow. */
export function ProjectDoors({
  project,
  shown,
  pasting,
  onPasting,
}: {
  project: string;
  /** Draw the doors; without them a paste onto the page is taken all the same. */
  shown: boolean;
  pasting: Pasting;
  onPasting(pasting: Pasting): void;
}) {
  const door = useWorkflowDoor(project);
  const keyCaps = useKeyCaps();
  usePasteListener((text) => {
    if (door.take(text) === 'refused') onPasting(text);
  });
  return (
    <>
      {shown && (
        <Doors
          project={project}
          pasteKeys={keyCaps('mod+v')}
          onPaste={() => onPasting('')}
          className="w-full"
        />
      )}
      {pasting !== null && <PasteDialog door={door} initial={pasting} onClose={() => onPasting(null)} />}
      {door.dialog}
    </>
  );
}

const MOST_NAME = 45;

/** `get_order`, `get_order_2` */
function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const end = number === 1 ? '' : `_${number}`;
    const free = name.slice(0, MOST_NAME - end.length) + end;
    if (!taken.has(free)) return free;
  }
}
