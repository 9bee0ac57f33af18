'use client';
import { useDeferredValue, useMemo } from 'react';
import { useProject } from '#app/data/use-project.ts';
import { EMPTY_SCOPE, type FormScope, type Sample } from '#app/form/scope.ts';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { scopeAt } from '#lib/workflow/scope.ts';
import { useCanvas } from './canvas-context.tsx';
import { useCanvasSession } from './session-context.tsx';
import { startRunView } from './system/run-view.ts';
import { sampleSteps } from './system/sample-values.ts';
import { useMeaning } from './use-meaning.ts';
import { useSampleRun } from './use-samples.ts';

/**
 * What the expressions of a step may read, and the values they had in the last run or are pinned. `field`: in that field of its
 * config, because what a loop collects is read inside of it. Nothing for no step.
 */
export function useFormScope(
  nodeId: string | null,
  field?: string,
): { scope: FormScope; sample: Sample | null } {
  const { project } = useCanvasSession();
  const env = useProject(project).data?.env;
  // Of a large graph this takes longer than a click or a key may: the form is drawn first, and told after.
  const document = useDeferredValue<WorkflowDocument | null>(useMeaning(), null);
  const kinds = useCanvas((state) => state.kinds);
  const pins = useCanvas((state) => state.pins);
  const run = useSampleRun();

  const scope = useMemo<FormScope>(() => {
    if (nodeId === null || !document) return EMPTY_SCOPE;
    const entries = scopeAt(document, nodeId, kinds, field);
    return {
      input: entries.find((entry) => entry.root === 'input')?.schema ?? {},
      steps: entries.filter((entry) => entry.root === 'steps').reverse(),
      env: Object.keys(env ?? {}),
    };
  }, [document, nodeId, kinds, field, env]);

  const sample = useMemo<Sample | null>(() => {
    if (nodeId === null || !document || (!run && Object.keys(pins).length === 0)) return null;
    const known = run ?? startRunView('');
    const steps = sampleSteps({ document, kinds, run: known, pins }, nodeId, { inside: field !== undefined });
    return { input: (known.input ?? {}) as JsonObject, steps, env };
  }, [run, pins, document, kinds, nodeId, field, env]);

  return useMemo(() => ({ scope, sample }), [scope, sample]);
}
