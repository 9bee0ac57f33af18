import type { Metadata } from 'next';
import { BaseScreen } from './base-screen.tsx';

export const metadata: Metadata = { title: 'Knowledge base' };

export default async function BasePage({ params }: { params: Promise<{ project: string; base: string }> }) {
  const { project, base } = await params;
  return <BaseScreen project={project} baseId={base} />;
}
