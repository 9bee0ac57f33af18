'use client';

import { useVersions } from '#app/data/use-versions.ts';
import { useWorkflows } from '#app/data/use-workflows.ts';
import { FieldMessage } from '#app/ui/field-message.tsx';
import { Select } from '#app/ui/select.tsx';
import type { JsonValue } from '#lib/workflow/json.ts';
import { useForm } from './form-context.tsx';
import type { JsonPath } from './json-path.ts';
import { PublishCalled } from './publish-called.tsx';

const LIVE = 'live';

export interface WorkflowVersionFieldProps {
  value: JsonValue | undefined;
  /** Beside it stands `workflow`. */
  path: JsonPath;
  projectSlug: string | null;
  readOnly: boolean;
  id: string;
  describedBy: string | undefined;
  invalid: boolean;
}

/** A published version of the workflow that was chosen, or whichever is live. */
export function WorkflowVersionField({
  value,
  path,
  projectSlug,
  readOnly,
  id,
  describedBy,
  invalid,
}: WorkflowVersionFieldProps) {
  const { change, read } = useForm();
  const chosen = read([...path.slice(0, -1), 'workflow']);
  const workflows = useWorkflows(projectSlug);
  const workflow = workflows.data?.items.find(({ id, name }) => chosen === id || chosen === name);
  const { data, isError } = useVersions(projectSlug, workflow?.id ?? null);
  const pinned = typeof value === 'number' ? value : null;
  const numbers = data?.items.map(({ version }) => version) ?? [];
  const missing = pinned !== null && data !== undefined && !numbers.includes(pinned);
  const live = workflow?.liveVersion;
  const options = [
    { value: LIVE, label: typeof live === 'number' ? `Live, now v${live}` : 'Live' },
    // A version whose list was not loaded, or that is gone, stays chosen.
    ...(pinned !== null && !numbers.includes(pinned) ? [pinned, ...numbers] : numbers).map((version) => ({
      value: String(version),
      label: `v${version}`,
    })),
  ];
  return (
    <div className="flex flex-col gap-1">
      <Select
        id={id}
        aria-describedby={describedBy}
        aria-invalid={invalid || missing}
        disabled={readOnly}
        value={pinned === null ? LIVE : String(pinned)}
        options={options}
        onValueChange={(next) => change(path, next === LIVE ? undefined : Number(next))}
      />
      {isError && <FieldMessage severity="error" message="The versions could not be loaded." />}
      {missing && (
        <FieldMessage
          severity="error"
          message={`The workflow has no version ${pinned}: choose another one.`}
        />
      )}
      {projectSlug !== null && workflow && live === null && pinned === null && (
        <PublishCalled project={projectSlug} workflow={workflow} readOnly={readOnly} />
      )}
    </div>
  );
}
