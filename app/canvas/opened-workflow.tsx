'use client';
import dynamic from 'next/dynamic';
import { useEffect } from 'react';
import { ApiError } from '#app/data/api-error.ts';
import { useProject } from '#app/data/use-project.ts';
import { ErrorState } from '#app/ui/error-state.tsx';
import { LoadingState } from '#app/ui/loading-state.tsx';
import { useOpenedPins, useOpenedWorkflow } from './use-opened-workflow.ts';
import { WorkflowScreen } from './workflow-screen.tsx';

const LeftDraft = dynamic(() => import('./left-draft.tsx').then((module) => module.LeftDraft), {
  ssr: false,
});

/** Fetches a workflow and opens it; viewers may look. */
export function OpenedWorkflow({ project, workflow }: { project: string; workflow: string }) {
  const { data, error, refetch } = useOpenedWorkflow(project, workflow);
  const pins = useOpenedPins(project, workflow);
  const { data: owner } = useProject(project);
  const name = data?.name;
  useEffect(() => {
    if (name !== undefined) document.title = `${name} · Patchbay`;
  }, [name]);

  const failure = (!data && error) || (!pins.data && pins.error);
  if (failure) {
    const gone = failure instanceof ApiError && failure.status === 404;
    return (
      <div className="flex h-full flex-col items-center justify-center gap-4">
        <ErrorState
          title="The workflow could not be opened"
          error={failure}
          {...(gone
            ? { way: { href: `/projects/${project}`, label: 'All workflows' } }
            : { onRetry: () => void Promise.all([refetch(), pins.refetch()]) })}
        />
        {gone && <LeftDraft project={project} workflow={workflow} />}
      </div>
    );
  }
  if (!data || !pins.data || !owner) {
    return (
      <div className="grid h-full place-items-center">
        <LoadingState>Opening the workflow</LoadingState>
      </div>
    );
  }
  return (
    <WorkflowScreen
      project={project}
      workflow={data}
      pins={pins.data}
      env={Object.keys(owner.env)}
      editable={owner.role !== 'viewer'}
    />
  );
}
