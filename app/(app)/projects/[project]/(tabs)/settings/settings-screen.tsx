'use client';

import { useProject } from '#app/data/use-project.ts';
import { PageBody } from '#app/shell/page-body.tsx';
import { ErrorState } from '#app/ui/error-state.tsx';
import { LoadingState } from '#app/ui/loading-state.tsx';
import { ConnectionList } from './connection-list.tsx';
import { DangerSection } from './danger-section.tsx';
import { EnvironmentSection } from './environment-section.tsx';
import { GeneralSection } from './general-section.tsx';

/** What holds for the whole project. Each part is saved by itself. */
export function SettingsScreen({ slug }: { slug: string }) {
  const project = useProject(slug);
  if (project.error) {
    return (
      <ErrorState
        title="The project could not be loaded"
        error={project.error}
        onRetry={() => project.refetch()}
      />
    );
  }
  if (!project.data) return <LoadingState>Loading the project</LoadingState>;
  return (
    <PageBody title="Settings">
      <GeneralSection project={project.data} />
      <EnvironmentSection project={project.data} />
      <ConnectionList project={slug} />
      <DangerSection project={project.data} />
    </PageBody>
  );
}
