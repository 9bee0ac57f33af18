'use client';

import { useWorkflows } from '#app/data/use-workflows.ts';
import { ChosenField, type ChosenFieldProps } from './chosen-field.tsx';

/** Another workflow of the project, by id, with the version that is live. */
export function WorkflowField({ projectSlug, ...rest }: ChosenFieldProps & { projectSlug: string | null }) {
  const { data, isError } = useWorkflows(projectSlug);
  const items = data?.items.map(({ id, name, liveVersion }) => ({
    id,
    name,
    note: liveVersion === null ? 'not published' : `v${liveVersion} is live`,
  }));
  return (
    <ChosenField {...rest} noun="workflow" items={items} failed={isError} href={`/projects/${projectSlug}`} />
  );
}
