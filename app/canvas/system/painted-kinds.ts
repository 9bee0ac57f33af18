import type * as z from 'zod';
import type { WorkflowDocument } from '#lib/workflow/document.ts';
import type { KindSpec } from '#lib/workflow/kind.ts';
import type { Drawing } from '#lib/workflow/step-face.ts';
import type { Kinds } from './kinds.ts';

/**
 * Stand-ins for the kinds of a workflow, enough to paint it before the kinds themselves are loaded: what the cards
 * say, and which ways lead out of them. Nothing can be edited or checked with them.
 */
export function paintedKinds(document: WorkflowDocument, { kinds, steps }: Drawing): Kinds {
  // A kind is asked about a config, and each step has one of its own.
  const told = new Map<unknown, Drawing['steps'][string]>(
    document.nodes.flatMap(({ id, config }) => (steps[id] ? [[config, steps[id]]] : [])),
  );
  return new Map(
    Object.entries(kinds).map(([type, { title, icon, group, role, body }]): [string, KindSpec] => [
      type,
      {
        type,
        title,
        icon,
        group,
        ...(role && { role }),
        ...(body !== undefined && {
          body: { handle: body, collect: '', itemSchema: () => ({}), valueSchema: () => ({}) },
        }),
        summary: '',
        initial: {},
        initialKey: type,
        needs: [],
        config: AS_WRITTEN,
        handles: (config) => told.get(config)?.handles ?? [],
        describe: (config) => told.get(config)?.label ?? title,
        outputSchema: () => ({}),
        example: NO_EXAMPLE,
      },
    ]),
  );
}

/** Every config is read as it is written, which is what `told` knows it by. Of a schema only this is asked. */
const AS_WRITTEN = {
  safeParse: (config: unknown) => ({ success: true, data: config }),
} as unknown as z.ZodType;

const NO_EXAMPLE: KindSpec['example'] = { summary: '', steps: {}, edges: [], input: {}, answer: {} };
