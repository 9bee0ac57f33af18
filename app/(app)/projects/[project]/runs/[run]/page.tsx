import type { Metadata } from 'next';
import { Suspense } from 'react';
import { RunScreen } from './run-screen.tsx';

export const metadata: Metadata = { title: 'Run' };

export default async function RunPage({ params }: { params: Promise<{ project: string; run: string }> }) {
  const { project, run } = await params;
  return (
    <Suspense>
      <RunScreen project={project} runId={run} />
    </Suspense>
  );
}
