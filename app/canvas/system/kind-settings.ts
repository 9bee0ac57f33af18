import type { WorkflowDocument } from '#lib/workflow/document.ts';
import { suggestedUri } from '#lib/workflow/initial.ts';

/** The settings of a workflow that becomes one of another kind: without those that mean nothing for it. */
export function settingsFor(
  kind: WorkflowDocument['kind'],
  { name, settings }: Pick<WorkflowDocument, 'name' | 'settings'>,
  argumentNames: readonly string[],
): WorkflowDocument['settings'] {
  const { annotations, task, resource, completions, ...rest } = settings;
  switch (kind) {
    case 'tool':
      return { ...rest, ...(annotations && { annotations }), ...(task && { task }) };
    case 'prompt':
      return { ...rest, ...(completions && { completions }) };
    case 'resource':
      return {
        ...rest,
        ...(completions && { completions }),
        resource: resource ?? { uri: suggestedUri(name, argumentNames) },
      };
  }
}
