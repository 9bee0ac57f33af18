'use client';
import { Pin, Plus, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '#app/ui/icon-button.tsx';
import { Icon } from '#app/ui/named-icon.tsx';
import { count } from '#app/ui/quantity.ts';
import { Status } from '#app/ui/status.tsx';
import { toast } from '#app/ui/toast.ts';
import type { WorkflowDocument, WorkflowNode } from '#lib/workflow/document.ts';
import { describeNode, handlesOf } from '#lib/workflow/step-face.ts';
import { useCanvas, useCanvasStore, useChecked, useRun } from './canvas-context.tsx';
import { ListDrawn } from './list-drawn.tsx';
import { GROUP_INK } from './step-card.tsx';
import { refuseConnection } from './system/connect.ts';
import { goesOn } from './system/goes-on.ts';
import { edgesFrom, edgesTo, findNode, readingOrder } from './system/graph.ts';
import { groupOf } from './system/groups.ts';
import type { Kinds } from './system/kinds.ts';
import { isPinned } from './system/pins.ts';
import { undoneBy } from './system/undo-steps.ts';

/** The graph as a list: all that the canvas does, by buttons and in reading order. */
export function ListView({ onOpen }: { onOpen: (nodeId: string) => void }) {
  const document = useCanvas((state) => state.document);
  return (
    <section aria-label="Steps" className="size-full overflow-auto bg-page p-4 pb-16">
      <ol className="mx-auto flex max-w-3xl flex-col gap-2">
        {nested(document).map(({ node, depth }, index) => (
          <Step key={node.id} node={node} depth={depth} index={index} document={document} onOpen={onOpen} />
        ))}
      </ol>
      <ListDrawn />
    </section>
  );
}

/** Steps in reading order, those inside a frame after it and one level deeper. */
function nested(document: WorkflowDocument): { node: WorkflowNode; depth: number }[] {
  const ordered = readingOrder(document);
  const byFrame = Map.groupBy(ordered, ({ parent }) =>
    parent !== undefined && findNode(document, parent) ? parent : undefined,
  );
  const below = (frame: string | undefined, depth: number): { node: WorkflowNode; depth: number }[] =>
    depth > DEEPEST
      ? []
      : (byFrame.get(frame) ?? []).flatMap((node) => [{ node, depth }, ...below(node.id, depth + 1)]);
  return below(undefined, 0);
}

/** Deeper than this the compiler refuses a document. */
const DEEPEST = 16;

function Step({
  node,
  depth,
  index,
  document,
  onOpen,
}: {
  node: WorkflowNode;
  /** How many frames it stands in. */
  depth: number;
  index: number;
  document: WorkflowDocument;
  onOpen: (nodeId: string) => void;
}) {
  const store = useCanvasStore();
  const kinds = useCanvas((state) => state.kinds);
  const editable = useCanvas((state) => state.editable);
  const selected = useCanvas((state) => state.selectedNodes.has(node.id));
  const problems = useChecked((state) => state.byNode.get(node.id));
  const status = useRun((state) => state.run?.steps[node.id]?.status);
  const given = useRun((state) => state.run?.steps[node.id]?.given === true);
  const pinned = useCanvas((state) => isPinned(state.pins, node.id));
  const wentOn = status === 'failed' && goesOn(node);
  const kind = kinds.get(node.kind);
  const frame = node.parent === undefined ? undefined : findNode(document, node.parent);
  const group = groupOf(document, node.id);
  const undone = undoneBy(document, node.id);
  const before = edgesTo(document, node.id).map((edge) => findNode(document, edge.from.node)?.key ?? '?');
  return (
    <li
      data-step={node.id}
      aria-current={selected || undefined}
      style={{ marginLeft: 24 * depth }}
      className={`rounded-md border bg-surface p-3 ${selected ? 'border-accent ring-1 ring-accent' : 'border-line'}`}
    >
      <div className="flex items-center gap-2">
        <span className="w-5 text-12 text-muted tabular-nums">{index + 1}</span>
        <Icon name={kind?.icon ?? 'box'} className={`size-4 shrink-0 ${GROUP_INK[kind?.group ?? 'do']}`} />
        <button type="button" className="min-w-0 flex-1 text-left" onClick={() => onOpen(node.id)}>
          <span className="font-medium">{describeNode(node, kinds)}</span>{' '}
          <span className="font-mono text-12 text-muted">{node.key}</span>
        </button>
        {status && (
          <Status
            status={given ? 'reused' : wentOn ? 'warning' : status === 'waiting' ? 'suspended' : status}
            className="text-12"
          >
            {wentOn ? 'Failed, went on' : undefined}
          </Status>
        )}
        {node.settings?.disabled && <span className="text-12 text-muted">disabled</span>}
        {pinned && (
          <span className="flex items-center gap-1 text-12 text-accent-ink">
            <Pin size={12} aria-hidden /> pinned
          </span>
        )}
        {problems && (
          <Status status={problems.some((problem) => problem.severity === 'error') ? 'error' : 'warning'}>
            {count(problems.length, 'problem')}
          </Status>
        )}
        {editable && (
          <IconButton
            label={`Delete ${node.key}`}
            onClick={() => {
              store.getState().select([node.id]);
              store.getState().deleteSelected();
            }}
          >
            <Trash2 aria-hidden />
          </IconButton>
        )}
      </div>
      <p className="mt-1 pl-7 text-12 text-muted">
        {frame && `Inside ${frame.key}. `}
        {group && `In the group ${group.title}. `}
        {kind?.role === 'start'
          ? 'Starts the workflow'
          : before.length > 0
            ? `After ${before.join(', ')}`
            : undone
              ? `Undoes ${undone.key}`
              : 'After nothing: it never runs'}
      </p>
      <ul className="mt-1 flex flex-col gap-1 pl-7">
        {handlesOf(node, kinds).map((handle, _, all) => (
          <li key={handle.id} className="flex flex-wrap items-center gap-1.5 text-12">
            <span className="text-muted">{all.length > 1 ? `${handle.label ?? handle.id}:` : 'Then'}</span>
            {edgesFrom(document, node.id, handle.id).map((edge) => (
              <span key={edge.id} className="flex items-center gap-1 rounded-sm bg-hover pl-1.5 font-mono">
                {findNode(document, edge.to.node)?.key}
                {editable && (
                  <button
                    type="button"
                    className="grid size-6 place-items-center"
                    aria-label={`Disconnect ${node.key} from ${findNode(document, edge.to.node)?.key}`}
                    onClick={() => store.getState().deleteEdge(edge.id)}
                  >
                    <X size={12} aria-hidden />
                  </button>
                )}
              </span>
            ))}
            {editable && <ConnectTo node={node} handle={handle.id} document={document} kinds={kinds} />}
            {editable && (
              <button
                type="button"
                className="flex h-6 items-center gap-1 rounded-sm px-1.5 text-muted hover:bg-hover hover:text-ink"
                onClick={(event) => {
                  const box = event.currentTarget.getBoundingClientRect();
                  store
                    .getState()
                    .openPalette({ after: node.id, handle: handle.id }, { x: box.x, y: box.bottom });
                }}
              >
                <Plus size={12} aria-hidden /> Add after
              </button>
            )}
          </li>
        ))}
      </ul>
    </li>
  );
}

/** Up to so many steps what each can be connected to is found out at once. */
const SMALL = 60;

function ConnectTo({
  node,
  handle,
  document,
  kinds,
}: {
  node: WorkflowNode;
  handle: string;
  document: WorkflowDocument;
  kinds: Kinds;
}) {
  const connect = useCanvas((state) => state.connect);
  // Of a large graph it takes a while to find out: only where somebody asks.
  const [asked, setAsked] = useState(document.nodes.length <= SMALL);
  const from = { node: node.id, handle };
  const targets = asked
    ? document.nodes.filter((other) => refuseConnection(document, { from, to: other.id }, kinds) === null)
    : [];
  if (asked && targets.length === 0) return null;
  return (
    <select
      value=""
      onFocus={() => setAsked(true)}
      onPointerEnter={() => setAsked(true)}
      aria-label={`Connect ${node.key}, ${handle}, to`}
      className="h-6 rounded-sm border border-line-strong bg-sunken px-1 text-12"
      onChange={(event) => {
        const refused = connect({ from, to: event.target.value });
        if (refused !== null) toast.error(refused);
      }}
    >
      <option value="">Connect to…</option>
      {targets.map((target) => (
        <option key={target.id} value={target.id}>
          {target.key}
        </option>
      ))}
    </select>
  );
}
