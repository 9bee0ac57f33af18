'use client';
import Link from 'next/link';
import { useProject } from '#app/data/use-project.ts';
import { useCanvas } from './canvas-context.tsx';

/** Where we are: the project, and the workflow by its name. */
export function Breadcrumb({ project }: { project: string }) {
  const { data: facts } = useProject(project);
  const name = useCanvas((state) => state.document.name);
  return (
    <nav aria-label="Breadcrumb" className="flex min-w-0 items-center gap-1.5">
      <Link href="/projects" className="text-muted hover:text-ink max-xl:hidden">
        Projects
      </Link>
      <span aria-hidden className="text-faint max-xl:hidden">
        ▸
      </span>
      <Link href={`/projects/${project}`} className="truncate text-muted hover:text-ink">
        {facts?.name ?? project}
      </Link>
      <span aria-hidden className="text-faint">
        ▸
      </span>
      <h1 className="truncate font-semibold text-14">{name}</h1>
    </nav>
  );
}
