'use client';
import { useMemo } from 'react';
import { JsonTree } from '#app/form/json-tree.tsx';
import { Disclosure } from '#app/ui/disclosure.tsx';
import type { JsonSchema, JsonValue } from '#lib/workflow/json.ts';
import { scopeAt } from '#lib/workflow/scope.ts';
import { useCanvas } from './canvas-context.tsx';
import { shapeOf } from './system/shape.ts';
import { useSampleRun } from './use-samples.ts';

/** What a step may read, with the values of the last run; lines are dragged into fields. */
export function UpstreamData({ nodeId }: { nodeId: string }) {
  const document = useCanvas((state) => state.document);
  const kinds = useCanvas((state) => state.kinds);
  const run = useSampleRun();
  const scope = useMemo(() => scopeAt(document, nodeId, kinds), [document, nodeId, kinds]);
  return (
    <div className="flex flex-col gap-3">
      {scope.map((entry) => (
        <Readable
          key={entry.nodeId}
          path={entry.root === 'input' ? 'input' : `steps.${entry.key}`}
          title={entry.certain ? entry.title : `${entry.title}, where a branch leads through it`}
          schema={entry.schema}
          value={(entry.root === 'input' ? run?.input : run?.steps[entry.nodeId]?.value) ?? null}
        />
      ))}
      {scope.length === 0 && <p className="text-muted">Nothing runs before this step.</p>}
    </div>
  );
}

function Readable({
  path,
  title,
  schema,
  value,
}: {
  path: string;
  title: string;
  schema: JsonSchema;
  value: JsonValue;
}) {
  const shape = value === null ? shapeOf(schema) : null;
  return (
    <Disclosure
      defaultOpen
      title={
        <>
          <span className="font-mono text-ink">{path}</span> <span className="font-normal">{title}</span>
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
