'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { ACCESS_NAMES } from '#app/connect/access-words.ts';
import { useApprovals } from '#app/data/use-approvals.ts';
import { useProject } from '#app/data/use-project.ts';
import { Badge } from '#app/ui/badge.tsx';
import { classNames } from '#app/ui/class-names.ts';
import { CopyButton } from '#app/ui/copy-button.tsx';

const TABS = [
  { path: '', label: 'Workflows' },
  { path: '/runs', label: 'Runs' },
  { path: '/insights', label: 'Insights' },
  { path: '/releases', label: 'Releases' },
  { path: '/approvals', label: 'Approvals' },
  { path: '/knowledge', label: 'Knowledge' },
  { path: '/try', label: 'Try it' },
  { path: '/connect', label: 'Connect' },
  { path: '/settings', label: 'Settings' },
];

/** Name, address and the parts of a project. */
export function ProjectHeader({ slug }: { slug: string }) {
  const path = usePathname();
  const project = useProject(slug);
  const waiting = useApprovals(slug, 'pending').data?.items.length ?? 0;
  const base = `/projects/${slug}`;
  return (
    <header className="sticky top-0 z-20 border-b border-line bg-surface px-6">
      <div className="flex h-12 min-w-0 items-center gap-2">
        <Link href="/projects" className="text-13 text-muted hover:text-ink">
          Projects
        </Link>
        <span aria-hidden className="text-faint">
          ▸
        </span>
        <span className="truncate text-14 font-semibold">{project.data?.name ?? slug}</span>
        {project.data && (
          <>
            <Badge tone={project.data.access === 'public' ? 'warning' : 'outline'}>
              {ACCESS_NAMES[project.data.access]}
            </Badge>
            <span className="flex-1" />
            <code className="truncate text-12 text-muted">{project.data.mcpUrl}</code>
            <CopyButton value={project.data.mcpUrl} label="Copy the MCP address" />
          </>
        )}
      </div>
      <nav aria-label="Project" className="-mb-px flex gap-4">
        {TABS.map((tab) => {
          const href = base + tab.path;
          const active = tab.path === '' ? path === base : path.startsWith(href);
          return (
            <Link
              key={href}
              href={href}
              aria-current={active ? 'page' : undefined}
              className={classNames(
                'inline-flex h-8 items-center border-b-2 text-13',
                active
                  ? 'border-accent font-medium text-ink'
                  : 'border-transparent text-muted hover:text-ink',
              )}
            >
              {tab.label}
              {tab.path === '/approvals' && waiting > 0 && (
                <Badge tone="warning" className="ml-1.5 tabular-nums">
                  {waiting} <span className="sr-only">waiting</span>
                </Badge>
              )}
            </Link>
          );
        })}
      </nav>
    </header>
  );
}
