import type { Metadata } from 'next';
import { ReleasesScreen } from './releases-screen.tsx';

export const metadata: Metadata = { title: 'Releases' };

export default async function ReleasesPage({ params }: { params: Promise<{ project: string }> }) {
  const { project } = await params;
  return <ReleasesScreen project={project} />;
}
