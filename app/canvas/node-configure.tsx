'use client';
import { lazy, Suspense, useEffect, useMemo, useRef } from 'react';
import { KindForm } from '#app/form/kind-form.tsx';
import { Disclosure } from '#app/ui/disclosure.tsx';
import type { WorkflowNode } from '#lib/workflow/document.ts';
import type { KindSpec } from '#lib/workflow/kind.ts';
import type { Problem } from '#lib/workflow/problem.ts';
import { useCanvas, useChecked, useRun } from './canvas-context.tsx';
import { useCanvasSession } from './session-context.tsx';
import { failureOf, problemOfRun } from './system/run-problems.ts';
import { UpstreamData } from './upstream-data.tsx';
import { useFormScope } from './use-form-scope.ts';

const PromiseSection = lazy(async () => ({
  default: (await import('./publish/promise-section.tsx')).PromiseSection,
}));

const NONE: readonly Problem[] = [];

/** The form of a step's kind, and under it the data that can be dragged into its fields. */
export function NodeConfigure({ node, kind }: { node: WorkflowNode; kind: KindSpec }) {
  const { project } = useCanvasSession();
  const checked = useChecked((state) => state.byNode.get(node.id) ?? NONE);
  const failure = useRun(({ run }) => failureOf(run, node));
  const problems = useMemo(
    () => (failure ? [...checked, problemOfRun(failure)] : checked),
    [checked, failure],
  );
  const setConfig = useCanvas((state) => state.setConfig);
  const endGesture = useCanvas((state) => state.endGesture);
  const editable = useCanvas((state) => state.editable);
  const { scope, sample } = useFormScope(node.id);
  const collect = kind.body?.collect;
  const inBody = useFormScope(collect === undefined ? null : node.id, collect);
  const inside = useMemo(
    () => (collect === undefined ? null : { ...inBody, field: collect }),
    [collect, inBody],
  );
  const frame = useRef<HTMLDivElement>(null);
  useProblemFocus(frame);
  return (
    <div ref={frame}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: leaving a field ends its undo step */}
      <div data-form className="p-4" onBlur={endGesture}>
        <KindForm
          kind={kind}
          config={node.config}
          onChange={(config, { field }) => setConfig(node.id, config, field)}
          problems={problems}
          scope={scope}
          sample={sample}
          inside={inside}
          projectSlug={project}
          readOnly={!editable}
        />
      </div>
      {node.kind === 'output' && (
        <section aria-label="Form of the answer" className="border-line border-t p-4">
          <Disclosure title="Form of the answer" defaultOpen>
            <Suspense fallback={null}>
              <PromiseSection node={node} />
            </Suspense>
          </Disclosure>
        </section>
      )}
      {kind.role !== 'start' && (
        <section aria-label="Data to use" className="border-line border-t p-4">
          <Disclosure title="Data before this step" defaultOpen>
            <UpstreamData nodeId={node.id} />
          </Disclosure>
        </section>
      )}
    </div>
  );
}

/** Brings the field into sight whose problem was chosen in the list, and puts the cursor there. */
function useProblemFocus(frame: React.RefObject<HTMLElement | null>): void {
  const problem = useCanvas((state) => state.focusedProblem);
  useEffect(() => {
    if (!problem) return;
    const messages = frame.current?.querySelectorAll<HTMLElement>('[id$="-problems"]') ?? [];
    const message = [...messages].find((candidate) => candidate.textContent?.includes(problem.message));
    const control =
      message && frame.current?.querySelector<HTMLElement>(`[aria-describedby~="${message.id}"]`);
    (control ?? message)?.scrollIntoView({ block: 'center' });
    control?.focus();
  }, [problem, frame]);
}
