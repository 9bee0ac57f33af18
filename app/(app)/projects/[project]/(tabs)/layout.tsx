import type { ReactNode } from 'react';
import { ProjectHeader } from './project-header.tsx';

export default async function ProjectLayout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ project: string }>;
}) {
  const { project } = await params;
  return (
    <>
      <ProjectHeader slug={project} />
      {children}
    </>
  );
}
