'use client';
import { useState } from 'react';
import { toast } from '#app/ui/toast.ts';
import type { WorkflowNode } from '#lib/workflow/document.ts';
import { NODE_KEY } from '#lib/workflow/name-patterns.ts';
import { useCanvas, useCanvasStore } from './canvas-context.tsx';

/** The key on a card; a field while it is being renamed. */
export function StepKey({ node }: { node: WorkflowNode }) {
  const typing = useCanvas((state) => state.renaming === node.id);
  return typing ? (
    <KeyInput node={node} />
  ) : (
    <span className="truncate font-mono text-muted">{node.key}</span>
  );
}

function KeyInput({ node }: { node: WorkflowNode }) {
  const store = useCanvasStore();
  const [typed, setTyped] = useState(node.key);
  const taken = useCanvas((state) =>
    state.document.nodes.some((other) => other.id !== node.id && other.key === typed),
  );
  const fault = !NODE_KEY.test(typed)
    ? 'A key starts with a letter; then a–z, 0–9 and _; at most 40.'
    : taken
      ? 'Another step has this key.'
      : null;
  const end = (keep: boolean): void => {
    const { renaming, rename, startRenaming } = store.getState();
    // Enter ends it, and the field that goes away is left, too.
    if (renaming !== node.id) return;
    if (keep && fault !== null && typed !== node.key) toast.error(`Not renamed. ${fault}`);
    else if (keep) rename(node.id, typed);
    startRenaming(null);
  };
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: it was just asked for
      autoFocus
      aria-label={`Key of ${node.key}`}
      aria-invalid={fault !== null || undefined}
      title={fault ?? undefined}
      value={typed}
      maxLength={40}
      className="nodrag nopan h-[18px] w-28 min-w-0 rounded-sm border border-line-strong bg-sunken px-1 font-mono text-12 text-ink aria-invalid:border-danger"
      onFocus={(event) => event.target.select()}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={() => end(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter' && fault === null) end(true);
        if (event.key === 'Escape') end(false);
      }}
    />
  );
}
