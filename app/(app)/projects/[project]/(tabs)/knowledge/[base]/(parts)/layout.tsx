import type { ReactNode } from 'react';
import { BaseFrame } from '#app/knowledge/base-frame.tsx';

export default async function BaseLayout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ project: string; base: string }>;
}) {
  const { project, base } = await params;
  return (
    <BaseFrame project={project} baseId={base}>
      {children}
    </BaseFrame>
  );
}
