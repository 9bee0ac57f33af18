import type { Metadata } from 'next';
import { Suspense } from 'react';
import { TryScreen } from './try-screen.tsx';

export const metadata: Metadata = { title: 'Try it' };

export default async function TryPage({ params }: { params: Promise<{ project: string }> }) {
  const { project } = await params;
  return (
    <Suspense>
      <TryScreen slug={project} />
    </Suspense>
  );
}
