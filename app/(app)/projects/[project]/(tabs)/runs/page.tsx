import type { Metadata } from 'next';
import { Suspense } from 'react';
import { RunList } from './run-list.tsx';

export const metadata: Metadata = { title: 'Runs' };

export default async function RunsPage({ params }: { params: Promise<{ project: string }> }) {
  const { project } = await params;
  return (
    <Suspense>
      <RunList project={project} />
    </Suspense>
  );
}
