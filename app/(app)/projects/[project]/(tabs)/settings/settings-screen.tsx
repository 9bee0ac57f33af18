'use client';

import { useProject } from '#app/data/use-project.ts';
import { PageBody } from '#app/shell/page-body.tsx';
import { QueryView } from '#app/ui/query-view.tsx';
import { ConnectionList } from './connection-list.tsx';
import { DangerSection } from './danger-section.tsx';
import { EnvironmentSection } from './environment-section.tsx';
import { GeneralSection } from './general-section.tsx';

/** What holds for the whole project. Each part is saved by itself. */
export function SettingsScreen({ slug }: { slug: string }) {
  const query = useProject(slug);
  return (
    <QueryView query={query} what="the project">
      {(project) => (
        <PageBody title="Settings">
          <GeneralSection project={project} />
          <EnvironmentSection project={project} />
          <ConnectionList project={slug} />
          <DangerSection project={project} />
        </PageBody>
      )}
    </QueryView>
  );
}
