import type { Metadata } from 'next';
import { Suspense } from 'react';
import { InsightsScreen } from './insights-screen.tsx';

export const metadata: Metadata = { title: 'Insights' };

export default async function InsightsPage({ params }: { params: Promise<{ project: string }> }) {
  const { project } = await params;
  return (
    <Suspense>
      <InsightsScreen project={project} />
    </Suspense>
  );
}
