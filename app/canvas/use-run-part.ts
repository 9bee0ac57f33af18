'use client';
import { useCallback } from 'react';
import { toast } from '#app/ui/toast.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { misfit } from '#lib/workflow/misfit.ts';
import { gapIn } from '#lib/workflow/recorded-gap.ts';
import { useCanvasSession } from './session-context.tsx';
import { findNode } from './system/graph.ts';
import { inputSchemaOf } from './system/input-schema.ts';
import { readKeptInput } from './system/kept-input.ts';
import { firstWords, planPart, type RunPart } from './system/run-part.ts';
import { isOngoing } from './system/run-view.ts';
import { useEarlierRun } from './use-earlier-run.ts';

/**
 * Runs a part of the draft at once, with the arguments of the run whose values it uses, else the last ones; asks for
 * arguments where none are known.
 */
export function useRunPart(): (part: RunPart) => Promise<void> {
  const { session, workflow } = useCanvasSession();
  const earlierRun = useEarlierRun();

  return useCallback(
    async (part) => {
      const { document, kinds, pins, editable } = session.canvas.getState();
      const node = findNode(document, part.node);
      if (!node || !editable) return;
      const { run: shown } = session.runs.getState();
      if (shown && isOngoing(shown)) {
        toast('A run goes on: stop it, or wait until it has ended.');
        return;
      }
      const { show } = session.screen.getState();
      const earlier = await earlierRun();
      const { request, first } = planPart(part, { document, kinds, pins, earlier });
      const schema = inputSchemaOf(document, kinds) ?? {};
      const input = [
        request.from ? earlier?.input : undefined,
        readKeptInput(window.localStorage, workflow.id),
        Object.keys(schema['properties'] ?? {}).length === 0 ? {} : undefined,
      ].find((one): one is JsonObject => fits(one, schema));
      if (!input || session.checked.getState().errors > 0) {
        show({ dialog: 'run', part });
        return;
      }
      const words = firstWords(node.key, first);
      if (words !== null) toast(words);
      show({ panel: 'runs', step: part.what === 'from' ? null : part.node, run: null, graph: 'draft' });
      const id = await session.runs.start(input, document, request);
      if (id === null) toast.error(session.runs.getState().failure ?? 'The run could not be started.');
      else show({ run: id });
    },
    [session, workflow.id, earlierRun],
  );
}

function fits(value: unknown, schema: JsonObject): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const input = value as JsonObject;
  return gapIn(input) === null && misfit(schema, input) === null;
}
