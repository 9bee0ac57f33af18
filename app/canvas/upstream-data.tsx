'use client';
import { useDeferredValue, useMemo } from 'react';
import { JsonTree } from '#app/form/json-tree.tsx';
import { Disclosure } from '#app/ui/disclosure.tsx';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonSchema, JsonValue } from '#lib/workflow/json.ts';
import { scopeAt } from '#lib/workflow/scope.ts';
import { useCanvas } from './canvas-context.tsx';
import { isPinned } from './system/pins.ts';
import { shapeOf } from './system/shape.ts';
import { useMeaning } from './use-meaning.ts';
import { useSampleRun } from './use-samples.ts';

/** What a step may read, with the values of the last run or the pinned ones; lines are dragged into fields. */
export function UpstreamData({ nodeId }: { nodeId: string }) {
  // Behind what is typed: to know what can be read the whole graph is gone through.
  const document = useDeferredValue<WorkflowDocument | null>(useMeaning(), null);
  const kinds = useCanvas((state) => state.kinds);
  const pins = useCanvas((state) => state.pins);
  const run = useSampleRun();
  const scope = useMemo(
    () => (document ? scopeAt(document, nodeId, kinds) : null),
    [document, nodeId, kinds],
  );
  const lastOf = (root: 'input' | 'steps', id: string): JsonValue | undefined => {
    if (root === 'input') return run?.input;
    return isPinned(pins, id) ? pins[id] : run?.steps[id]?.value;
  };
  return (
    <div className="flex flex-col gap-3">
      {scope?.map((entry) => (
        <Readable
          key={entry.nodeId}
          path={entry.root === 'input' ? 'input' : `steps.${entry.key}`}
          title={entry.certain ? entry.title : `${entry.title}, where a branch leads through it`}
          schema={entry.schema}
          pinned={entry.root === 'steps' && isPinned(pins, entry.nodeId)}
          value={lastOf(entry.root, entry.nodeId) ?? null}
        />
      ))}
      {scope?.length === 0 && <p className="text-muted">Nothing runs before this step.</p>}
    </div>
  );
}

function Readable({
  path,
  title,
  schema,
  value,
  pinned,
}: {
  path: string;
  title: string;
  schema: JsonSchema;
  value: JsonValue;
  pinned: boolean;
}) {
  const shape = value === null ? shapeOf(schema) : null;
  return (
    <Disclosure
      defaultOpen
      title={
        <>
          <span className="font-mono text-ink">{path}</span> <span className="font-normal">{title}</span>
          {pinned && <span className="font-normal text-accent-ink"> pinned</span>}
        </>
      }
    >
      {value !== null && <JsonTree value={value} path={path} openDepth={1} />}
      {value === null && shape !== null && (
        <>
          <p className="text-12 text-muted">Expected shape; run the draft to see values.</p>
          <JsonTree value={shape} path={path} openDepth={1} />
        </>
      )}
      {value === null && shape === null && (
        <p className="text-12 text-muted">Anything; run the draft to see its value.</p>
      )}
    </Disclosure>
  );
}
