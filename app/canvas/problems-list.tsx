'use client';
import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import type { Problem } from '#lib/workflow/problem.ts';
import { useCanvas, useCanvasStore, useChecked } from './canvas-context.tsx';
import { findNode } from './system/graph.ts';

/** What keeps the draft from being published, and what is advised; each leads to its place. */
export function ProblemsList({ onGo }: { onGo?: () => void }) {
  const problems = useChecked((state) => state.problems);
  const store = useCanvasStore();
  const document = useCanvas((state) => state.document);

  const go = (problem: Problem): void => {
    const { select, focusProblem } = store.getState();
    if (problem.edgeId !== undefined) select([], [problem.edgeId]);
    else select(problem.nodeId === undefined ? [] : [problem.nodeId]);
    focusProblem(problem);
    onGo?.();
  };

  if (problems.length === 0) {
    return (
      <p className="flex items-center gap-2 text-success-ink">
        <CircleCheck size={14} aria-hidden /> No problems. The draft can be published.
      </p>
    );
  }
  const sorted = [...problems].sort((a, b) => a.severity.localeCompare(b.severity));
  return (
    <ul className="-mx-2 flex flex-col">
      {sorted.map((problem) => {
        const Icon = problem.severity === 'error' ? CircleAlert : TriangleAlert;
        const where = problem.nodeId === undefined ? null : findNode(document, problem.nodeId)?.key;
        return (
          <li
            key={`${problem.code} ${problem.nodeId} ${problem.edgeId} ${problem.field?.join('.')} ${problem.message}`}
          >
            <button
              type="button"
              onClick={() => go(problem)}
              className="flex w-full items-start gap-2 rounded-sm px-2 py-1.5 text-left hover:bg-hover"
            >
              <Icon
                size={14}
                role="img"
                aria-label={problem.severity === 'error' ? 'Blocks publishing' : 'Advice'}
                className={`mt-0.5 shrink-0 ${problem.severity === 'error' ? 'text-danger-ink' : 'text-warning-ink'}`}
              />
              <span className="min-w-0">
                {where && <span className="font-mono text-12 text-muted">{where} </span>}
                <span className="break-words">{problem.message}</span>
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
