'use client';

import type { ReactNode } from 'react';
import { ApiError } from '#app/data/api-error.ts';
import { useProject } from '#app/data/use-project.ts';
import { ErrorState } from '#app/ui/error-state.tsx';
import { ProjectHeader } from './project-header.tsx';

/** The pages of a project under its name, or that there is none at this address: then nothing of it is shown. */
export function ProjectFrame({ slug, children }: { slug: string; children: ReactNode }) {
  const { data, error } = useProject(slug);
  if (!data && error instanceof ApiError && error.status === 404) {
    return (
      <main className="grid h-full place-items-center">
        <ErrorState
          title={`There is no project at /projects/${slug}`}
          error="It was deleted, has another address now, or is not one of yours."
          way={{ href: '/projects', label: 'All projects' }}
        />
      </main>
    );
  }
  return (
    <>
      <ProjectHeader slug={slug} />
      {children}
    </>
  );
}
