'use client';
import { Handle, type NodeProps, Position, useUpdateNodeInternals } from '@xyflow/react';
import { Ban, CircleAlert, Pin, Plus, TriangleAlert } from 'lucide-react';
import { memo, useEffect, useRef } from 'react';
import { Icon } from '#app/ui/named-icon.tsx';
import { duration } from '#app/ui/quantity.ts';
import { Status } from '#app/ui/status.tsx';
import type { WorkflowNode } from '#lib/workflow/document.ts';
import type { KindGroup, Handle as OutHandle } from '#lib/workflow/kind.ts';
import { describeNode } from '#lib/workflow/step-face.ts';
import { useCanvas, useChecked, useRun, useStep } from './canvas-context.tsx';
import { PeopleAtStep } from './people-here.tsx';
import { StepKey } from './step-key.tsx';
import type { StepNode } from './system/flow.ts';
import { foundAs } from './system/found-as.ts';
import { goesOn } from './system/goes-on.ts';
import { isWired } from './system/graph.ts';
import { isPinned } from './system/pins.ts';
import { type StepView, sizeInWords } from './system/run-view.ts';
import { undoneBy } from './system/undo-steps.ts';

/** The colour of a group, for the edge of a card. */
export const GROUP_EDGE: Record<KindGroup, string> = {
  'start-end': 'before:bg-group-start-end',
  do: 'before:bg-group-do',
  shape: 'before:bg-group-shape',
  flow: 'before:bg-group-flow',
  client: 'before:bg-group-client',
};

/** The colour of a group, for icons. */
export const GROUP_INK: Record<KindGroup, string> = {
  'start-end': 'text-group-start-end',
  do: 'text-group-do',
  shape: 'text-group-shape',
  flow: 'text-group-flow',
  client: 'text-group-client',
};

/** Where an edge comes in at a card that has only its head, in px. */
const HEAD_MIDDLE = 28;

/** A step on the canvas: what it does, its key, its last result, and where it can be left. */
export const StepCard = memo(function StepCard({ id, data, selected }: StepCardProps) {
  const { kind, handles } = data;
  const node = useStep(id);
  const editable = useCanvas((state) => state.editable);
  const step = useRun((state) => state.run?.steps[id]);
  const disabled = node?.settings?.disabled === true;
  const found = useCanvas((state) => foundAs(state.found, id));
  const group = kind?.group ?? 'do';
  const updateInternals = useUpdateNodeInternals();
  const handleIds = handles.map((handle) => handle.id).join(' ');
  const measuredIds = useRef(handleIds);
  useEffect(() => {
    // React Flow measures a new card itself; it must be told only where handles came or went.
    if (measuredIds.current === handleIds) return;
    measuredIds.current = handleIds;
    updateInternals(id);
  }, [id, handleIds, updateInternals]);

  // Deleted: React Flow takes the card away with its next drawing.
  if (!node) return null;
  return (
    <div
      data-found={found}
      className={`step-card relative w-56 rounded-md border bg-surface text-ink before:absolute before:inset-y-0 before:left-0 before:w-[3px] before:rounded-l-md ${GROUP_EDGE[group]} ${
        selected ? 'border-accent ring-1 ring-accent' : 'border-line-strong'
      } ${disabled ? 'border-dashed' : ''}`}
    >
      {kind?.role !== 'start' && (
        <Handle
          type="target"
          position={Position.Left}
          isConnectable={editable}
          // Ways out under the head make the card higher: what leads to it still comes in at its head.
          style={handles.length > 1 ? { top: HEAD_MIDDLE } : undefined}
        />
      )}
      <PeopleAtStep id={id} />
      <div className={`px-3 pl-3.5 py-2 ${disabled ? 'opacity-60' : ''}`}>
        <StepHead node={node} kind={kind} step={step} />
        {step?.status === 'failed' && step.error && (
          <p
            className={`mt-1 line-clamp-2 break-words text-12 leading-table ${
              goesOn(node) ? 'text-muted' : 'text-danger-ink'
            }`}
            title={step.error.message}
          >
            {step.error.message}
          </p>
        )}
      </div>
      {handles.length === 1 && handles[0] ? (
        <Out nodeId={id} nodeKey={node.key} handle={handles[0]} />
      ) : (
        handles.length > 1 && (
          <ul className="border-line border-t py-1">
            {handles.map((handle) => (
              <li key={handle.id} className="relative flex h-6 items-center justify-end pr-3.5 pl-4 text-12">
                <span className="truncate text-muted" title={handle.label ?? handle.id}>
                  {handle.label ?? handle.id}
                </span>
                <Out nodeId={id} nodeKey={node.key} handle={handle} />
              </li>
            ))}
          </ul>
        )
      )}
    </div>
  );
}, sameCard);

/** Of all that React Flow tells a card: its place is not for it, and changes for many when a step goes in between. */
type StepCardProps = Pick<NodeProps<StepNode>, 'id' | 'data' | 'selected'>;

function sameCard(before: StepCardProps, now: StepCardProps): boolean {
  return before.id === now.id && before.data === now.data && before.selected === now.selected;
}

/** What the step does, its key and its last result. */
export function StepHead({
  node,
  kind,
  step,
}: {
  node: WorkflowNode;
  kind: StepNode['data']['kind'];
  step: StepView | undefined;
}) {
  const { id } = node;
  const kinds = useCanvas((state) => state.kinds);
  const undoes = useCanvas((state) => undoneBy(state.document, id)?.key);
  const pinned = useCanvas((state) => isPinned(state.pins, id));
  return (
    <>
      <div className="flex items-center gap-2">
        <Icon name={kind?.icon ?? 'box'} className={`size-4 shrink-0 ${GROUP_INK[kind?.group ?? 'do']}`} />
        <span className="truncate font-medium text-13 leading-table">{describeNode(node, kinds)}</span>
        <Badges id={id} disabled={node.settings?.disabled === true} pinned={pinned} />
      </div>
      <div className="mt-1 flex min-h-[18px] items-center gap-2 text-12 leading-table">
        <StepKey node={node} />
        {undoes !== undefined && <span className="shrink-0 text-muted">undoes {undoes}</span>}
        {step && <Result step={step} wentOn={goesOn(node)} pinned={pinned} />}
      </div>
    </>
  );
}

/** An outgoing handle; one that leads nowhere offers to add what comes next. */
export function Out({ nodeId, nodeKey, handle }: { nodeId: string; nodeKey: string; handle: OutHandle }) {
  const editable = useCanvas((state) => state.editable);
  const openPalette = useCanvas((state) => state.openPalette);
  const free = useCanvas(
    (state) =>
      !isWired(state.document, nodeId, handle.id) &&
      // What undoes another step stands alone.
      undoneBy(state.document, nodeId) === undefined,
  );
  const name = handle.label ?? handle.id;
  return (
    <>
      <Handle type="source" id={handle.id} position={Position.Right} isConnectable={editable} />
      {free && editable && (
        <span className="nodrag nopan pointer-events-none absolute top-1/2 left-full flex -translate-y-1/2 items-center pl-2">
          <span className="h-px w-4 bg-line-strong" />
          <button
            type="button"
            tabIndex={-1}
            aria-label={`Add a step after ${nodeKey}, ${name}`}
            title="Add a step here"
            className="pointer-events-auto grid size-5 place-items-center rounded-sm border border-line-strong bg-surface text-muted hover:border-accent hover:text-accent-ink"
            onClick={(event) => {
              event.stopPropagation();
              openPalette({ after: nodeId, handle: handle.id }, { x: event.clientX, y: event.clientY });
            }}
          >
            <Plus size={12} aria-hidden />
          </button>
        </span>
      )}
    </>
  );
}

function Badges({ id, disabled, pinned }: { id: string; disabled: boolean; pinned: boolean }) {
  const problems = useChecked((state) => state.byNode.get(id));
  const errors = problems?.filter((problem) => problem.severity === 'error') ?? [];
  const all = problems?.map((problem) => problem.message).join('\n');
  const worst = errors.length > 0 ? 'error' : problems ? 'warning' : null;
  const Sign = worst === 'error' ? CircleAlert : TriangleAlert;
  return (
    <span className="ml-auto flex shrink-0 items-center gap-1">
      {disabled && (
        <span className="flex items-center gap-1 rounded-sm bg-hover px-1 text-12 text-muted">
          <Ban size={12} aria-hidden /> off
        </span>
      )}
      {pinned && (
        <span
          role="img"
          title="Pinned: runs of the draft use its pinned value. Calls of clients never do."
          aria-label="Pinned"
          className="text-accent-ink"
        >
          <Pin size={14} aria-hidden />
        </span>
      )}
      {worst && (
        <span
          title={all}
          role="img"
          aria-label={`${problems?.length} ${problems?.length === 1 ? 'problem' : 'problems'}: ${all}`}
          className={worst === 'error' ? 'text-danger-ink' : 'text-warning-ink'}
        >
          <Sign size={14} aria-hidden />
        </span>
      )}
    </span>
  );
}

/** One line after a run: how it went, how much came out, how long it took. */
function Result({ step, wentOn, pinned }: { step: StepView; wentOn: boolean; pinned: boolean }) {
  const passed = step.status === 'failed' && wentOn;
  const ended = step.durationMs !== null && (step.status === 'succeeded' || step.status === 'failed');
  const words = [
    step.given ? (pinned ? 'pinned' : 'reused') : passed ? 'failed, went on' : WORDS[step.status],
    step.status === 'succeeded' && step.value !== null ? sizeInWords(step.value) : '',
    ended && !step.given ? duration(step.durationMs ?? 0) : '',
  ];
  return (
    <span className="ml-auto shrink-0 tabular-nums" title={step.error?.message}>
      <Status
        status={
          step.given ? 'reused' : passed ? 'warning' : step.status === 'waiting' ? 'suspended' : step.status
        }
      >
        {words.filter((word) => word !== '').join(' · ')}
      </Status>
    </span>
  );
}

const WORDS: Record<StepView['status'], string> = {
  running: 'running',
  waiting: 'waiting',
  succeeded: '',
  failed: 'failed',
  skipped: 'skipped',
};
