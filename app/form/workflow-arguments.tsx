'use client';

import { useMemo } from 'react';
import { useVersion } from '#app/data/use-version.ts';
import { useWorkflows } from '#app/data/use-workflows.ts';
import { kinds } from '#lib/nodes/index.ts';
import type { JsonSchema } from '#lib/workflow/json.ts';
import { ArgumentsField, type ArgumentsFieldProps } from './arguments-field.tsx';
import { useForm } from './form-context.tsx';

/** The arguments of the workflow that was chosen beside it, as the version says that will run. */
export function WorkflowArguments(props: ArgumentsFieldProps) {
  const { read, projectSlug } = useForm();
  const beside = props.path.slice(0, -1);
  const chosen = read([...beside, 'workflow']);
  const pinned = read([...beside, 'version']);
  const workflows = useWorkflows(projectSlug);
  const workflow = workflows.data?.items.find(({ id, name }) => chosen === id || chosen === name);
  const version = typeof pinned === 'number' ? pinned : (workflow?.liveVersion ?? null);
  const { data } = useVersion(projectSlug ?? '', workflow?.id ?? '', workflow ? version : null);
  const schema = useMemo(() => data && argumentsOf(data.document), [data]);
  return (
    <ArgumentsField
      {...props}
      schema={schema ?? null}
      missing={
        workflow
          ? 'Publish the workflow: its arguments are then filled in here.'
          : 'Choose a workflow: its arguments are filled in here.'
      }
    />
  );
}

/** What a workflow takes; null where its start cannot be read. */
function argumentsOf({ nodes }: { nodes: readonly { kind: string; config: object }[] }): JsonSchema | null {
  for (const node of nodes) {
    const kind = kinds.get(node.kind);
    if (kind?.role !== 'start') continue;
    const config = kind.config.safeParse(node.config);
    return (config.success && kind.contractInput?.(config.data)) || null;
  }
  return null;
}
