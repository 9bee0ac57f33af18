import type { ReactNode } from 'react';
import { ProjectFrame } from './project-frame.tsx';

export default async function ProjectLayout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ project: string }>;
}) {
  const { project } = await params;
  return <ProjectFrame slug={project}>{children}</ProjectFrame>;
}
