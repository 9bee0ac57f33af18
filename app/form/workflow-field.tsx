'use client';

import { useWorkflows } from '#app/data/use-workflows.ts';
import { ChosenField, type ChosenFieldProps } from './chosen-field.tsx';

/** Another workflow of the project, by name: that is what a project's folder says too. An id is shown as its name. */
export function WorkflowField({
  projectSlug,
  value,
  ...rest
}: ChosenFieldProps & { projectSlug: string | null }) {
  const { data, isError } = useWorkflows(projectSlug);
  const items = data?.items.map(({ name, liveVersion }) => ({
    id: name,
    name,
    note: liveVersion === null ? 'not published' : `v${liveVersion} is live`,
  }));
  return (
    <ChosenField
      {...rest}
      value={data?.items.find(({ id }) => id === value)?.name ?? value}
      noun="workflow"
      items={items}
      failed={isError}
      href={`/projects/${projectSlug}`}
    />
  );
}
