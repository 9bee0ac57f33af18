'use client';
import { useMemo } from 'react';
import { useProject } from '#app/data/use-project.ts';
import type { FormScope, Sample } from '#app/form/scope.ts';
import type { JsonObject, JsonValue } from '#lib/workflow/json.ts';
import { scopeAt } from '#lib/workflow/scope.ts';
import { useCanvas } from './canvas-context.tsx';
import { useCanvasSession } from './session-context.tsx';
import { useSampleRun } from './use-samples.ts';

/** What the expressions of a step may read, and the values they had in the last run. */
export function useFormScope(nodeId: string): { scope: FormScope; sample: Sample | null } {
  const { project } = useCanvasSession();
  const env = useProject(project).data?.env;
  const document = useCanvas((state) => state.document);
  const kinds = useCanvas((state) => state.kinds);
  const run = useSampleRun();

  const scope = useMemo<FormScope>(() => {
    const entries = scopeAt(document, nodeId, kinds);
    return {
      input: entries.find((entry) => entry.root === 'input')?.schema ?? {},
      steps: entries.filter((entry) => entry.root === 'steps').reverse(),
      env: Object.keys(env ?? {}),
    };
  }, [document, nodeId, kinds, env]);

  const sample = useMemo<Sample | null>(() => {
    if (!run) return null;
    const values = document.nodes.flatMap((node): [string, JsonValue][] => {
      const step = run.steps[node.id];
      return step?.status === 'succeeded' ? [[node.key, step.value]] : [];
    });
    return { input: (run.input ?? {}) as JsonObject, steps: Object.fromEntries(values), env };
  }, [run, document, env]);

  return { scope, sample };
}
