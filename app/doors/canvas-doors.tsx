'use client';

import { useReactFlow } from '@xyflow/react';
import { useEffect, useRef, useState } from 'react';
import { useCanvas } from '#app/canvas/canvas-context.tsx';
import { FIT } from '#app/canvas/graph-canvas.tsx';
import { useCanvasSession } from '#app/canvas/session-context.tsx';
import { useKeyCaps } from '#app/canvas/use-key-caps.ts';
import { Button } from '#app/ui/button.tsx';
import { toast } from '#app/ui/toast.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { PastedText } from './canvas-door.tsx';
import { Doors } from './doors.tsx';
import { PasteDialog } from './paste-dialog.tsx';
import { whatIsPasted } from './pasted.ts';
import { type Pasting, useWorkflowDoor } from './project-doors.tsx';
import { isUntouched } from './untouched.ts';
import { usePasteDoor } from './use-paste-door.tsx';

/** The doors of a tool's canvas on which nothing is drawn yet. A command pasted later becomes a workflow of its own. */
export function CanvasDoors({ shown, pasted }: { shown: boolean; pasted: PastedText | null }) {
  const { project, workflow, session } = useCanvasSession();
  const flow = useReactFlow();
  const kinds = useCanvas((state) => state.kinds);
  const add = useCanvas((state) => state.add);
  const empty = useCanvas((state) => state.document.nodes.length === 0);
  const isTool = useCanvas((state) => state.document.kind === 'tool');
  const untouched = useCanvas((state) => isUntouched(state.document, state.kinds));
  const keyCaps = useKeyCaps();
  const [pasting, setPasting] = useState<Pasting>(null);
  const elsewhere = useWorkflowDoor(project);

  const place = (made: WorkflowDocument): void => {
    const { document, replace, select } = session.canvas.getState();
    const { annotations } = made.settings;
    replace(
      {
        ...document,
        nodes: made.nodes,
        edges: made.edges,
        description: document.description || made.description,
        settings: { ...document.settings, ...(annotations && { annotations }) },
      },
      'Paste a cURL command',
    );
    select([]);
    toast.success('The command is three steps now. Press Run: its values are filled in.', {
      action: { label: 'Undo', onClick: () => session.canvas.getState().undo() },
    });
    // The new cards are measured with the next frame.
    requestAnimationFrame(() => requestAnimationFrame(() => void flow.fitView({ ...FIT, duration: 150 })));
  };
  const here = usePasteDoor({ project, place });

  const take = ({ text }: PastedText): void => {
    if (untouched) {
      if (here.take(text) === 'refused') setPasting(text);
    } else if (whatIsPasted(text)?.type === 'command') {
      toast('This canvas has steps: a command becomes a workflow of its own.', {
        action: { label: 'Make the workflow', onClick: () => void elsewhere.take(text) },
      });
    }
  };
  const taken = useRef<PastedText | null>(null);
  useEffect(() => {
    if (pasted === null || pasted === taken.current) return;
    taken.current = pasted;
    take(pasted);
  });

  const start = [...kinds.values()].find((kind) => kind.role === 'start');
  return (
    <>
      {shown && untouched && (
        <div
          className={`pointer-events-none absolute inset-x-6 z-10 flex flex-col items-center gap-3 ${empty ? 'inset-y-0 justify-center' : 'top-6'}`}
        >
          {empty && <p className="text-14">A workflow starts with what the caller passes.</p>}
          {isTool && (
            <Doors
              project={project}
              instead={workflow.id}
              pasteKeys={keyCaps('mod+v')}
              onPaste={() => setPasting('')}
              className="pointer-events-auto w-full max-w-200"
            />
          )}
          {empty && start && (
            <div className="pointer-events-auto flex flex-col items-center gap-2">
              <Button variant="primary" onClick={() => add(start)}>
                Add {start.title}
              </Button>
              <p className="text-12 text-muted">or press N for all steps</p>
            </div>
          )}
        </div>
      )}
      {pasting !== null && <PasteDialog door={here} initial={pasting} onClose={() => setPasting(null)} />}
      {here.dialog}
      {elsewhere.dialog}
    </>
  );
}
