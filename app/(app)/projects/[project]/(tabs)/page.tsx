import type { Metadata } from 'next';
import { WorkflowList } from './workflow-list.tsx';

export const metadata: Metadata = { title: 'Workflows' };

export default async function WorkflowsPage({ params }: { params: Promise<{ project: string }> }) {
  return <WorkflowList project={(await params).project} />;
}
