import type { Metadata } from 'next';
import { Suspense } from 'react';
import { ApprovalsScreen } from './approvals-screen.tsx';

export const metadata: Metadata = { title: 'Approvals' };

export default async function ApprovalsPage({ params }: { params: Promise<{ project: string }> }) {
  const { project } = await params;
  return (
    <Suspense>
      <ApprovalsScreen project={project} />
    </Suspense>
  );
}
