'use client';
import { Pencil, Pin, PinOff, Play } from 'lucide-react';
import { useState } from 'react';
import { JsonTree } from '#app/form/json-tree.tsx';
import { Button } from '#app/ui/button.tsx';
import { duration } from '#app/ui/quantity.ts';
import { Status } from '#app/ui/status.tsx';
import type { WorkflowNode } from '#lib/workflow/document.ts';
import { readConfig } from '#lib/workflow/step-face.ts';
import { useCanvas } from './canvas-context.tsx';
import { PinEditor } from './pin-editor.tsx';
import { goesOn } from './system/goes-on.ts';
import { canPin, isPinned, refusePin, wayOfPinned } from './system/pins.ts';
import { shapeOf } from './system/shape.ts';
import { usePin } from './use-pin.ts';
import { useRunPart } from './use-run-part.ts';
import { useSampleRun } from './use-samples.ts';

/** What a step left behind in the last run, or what is pinned in its place; pinned, edited and written here. */
export function NodeOutput({ node }: { node: WorkflowNode }) {
  const { id, key } = node;
  const step = useSampleRun()?.steps[id];
  const kinds = useCanvas((state) => state.kinds);
  const editable = useCanvas((state) => state.editable);
  const pins = useCanvas((state) => state.pins);
  const setPins = useCanvas((state) => state.pin);
  const [writing, setWriting] = useState(false);
  const pin = usePin();
  const runPart = useRunPart();

  const kind = kinds.get(node.kind);
  const pinned = isPinned(pins, id);
  const mayPin = editable && canPin(node, kinds);
  const schema = kind ? kind.outputSchema(readConfig(node, kind).config) : {};
  const left = step?.status === 'succeeded' ? step.value : null;
  const known = pinned ? (pins[id] ?? null) : left;
  const refused = left === null ? null : refusePin(left, pins);
  const way = wayOfPinned(node, kinds);
  const failed = step?.status === 'failed';

  return (
    <section aria-label="Output of this step">
      <header className="mb-2 flex flex-wrap items-center gap-2">
        <h3 className="font-medium">Output</h3>
        {pinned ? (
          <span className="flex items-center gap-1 text-12 text-accent-ink">
            <Pin size={14} aria-hidden /> Pinned
          </span>
        ) : (
          step && (
            <Status
              status={
                failed && goesOn(node) ? 'warning' : step.status === 'waiting' ? 'suspended' : step.status
              }
              className="text-12"
            >
              {failed && goesOn(node)
                ? 'Failed, and went on'
                : step.durationMs === null
                  ? undefined
                  : duration(step.durationMs)}
            </Status>
          )
        )}
        {!writing && (
          <span className="ml-auto flex gap-1">
            {mayPin && (pinned || (left !== null && refused === null)) && (
              <Button size="small" onClick={() => void pin(id)}>
                {pinned ? <PinOff aria-hidden /> : <Pin aria-hidden />} {pinned ? 'Unpin' : 'Pin'}
              </Button>
            )}
            {mayPin && (
              <Button size="small" onClick={() => setWriting(true)}>
                <Pencil aria-hidden /> {known === null ? 'Write a sample' : 'Edit'}
              </Button>
            )}
            {editable && kind?.role !== 'start' && (
              <Button size="small" onClick={() => void runPart({ node: id, what: 'step' })}>
                <Play aria-hidden /> Run
              </Button>
            )}
          </span>
        )}
      </header>
      {writing ? (
        <PinEditor
          label={`Sample of ${key} as JSON`}
          initial={known ?? shapeOf(schema)}
          schema={schema}
          others={pins}
          onSave={(value) => {
            setPins({ [id]: value });
            setWriting(false);
          }}
          onCancel={() => setWriting(false)}
        />
      ) : (
        <>
          {pinned && (
            <p className="mb-2 text-12 text-muted">
              Runs of the draft use this value and do not run the step
              {way !== null && <>; it is left by “{way}”</>}. Calls of clients never use it.
            </p>
          )}
          {!pinned && step?.error && (
            <p className={`mb-2 break-words ${goesOn(node) ? 'text-muted' : 'text-danger-ink'}`}>
              {step.error.message}
            </p>
          )}
          {!pinned && refused !== null && <p className="mb-2 text-12 text-muted">{refused}</p>}
          {(pinned || step?.status === 'succeeded') && <JsonTree value={known} path={`steps.${key}`} />}
          {!pinned && !step && <p className="text-muted">It has not run yet.</p>}
        </>
      )}
    </section>
  );
}
