import type { Metadata } from 'next';
import { Suspense } from 'react';
import { VersionsScreen } from '#app/canvas/versions/versions-screen.tsx';

export const metadata: Metadata = { title: 'Versions' };

interface Props {
  params: Promise<{ project: string; workflow: string }>;
}

/** The versions of one workflow. */
export default async function VersionsPage({ params }: Props) {
  const { project, workflow } = await params;
  return (
    <Suspense>
      <VersionsScreen key={workflow} project={project} workflow={workflow} />
    </Suspense>
  );
}
