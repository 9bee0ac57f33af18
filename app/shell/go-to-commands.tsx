'use client';

import {
  BookOpen,
  Building2,
  FlaskConical,
  FolderOpen,
  LogOut,
  MoonStar,
  Plus,
  Rocket,
  Route,
  Waypoints,
} from 'lucide-react';
import { usePathname, useRouter } from 'next/navigation';
import { useTheme } from 'next-themes';
import { useProjects } from '#app/data/use-projects.ts';
import { useSignOut } from '#app/data/use-sign-out.ts';
import { useWorkflows } from '#app/data/use-workflows.ts';
import { CommandGroup, CommandItem } from '#app/ui/command.tsx';
import { toast } from '#app/ui/toast.ts';
import { findRun } from './find-run.ts';
import { makersOf, PLACES, placesOf, projectOf, runIn } from './places.ts';

export interface GoToCommandsProps {
  /** What was typed: the id of a run is looked up. */
  text: string;
  close(): void;
}

/** Commands that lead somewhere: pages, projects, workflows, a run by its id; and what is made there. */
export function GoToCommands({ text, close }: GoToCommandsProps) {
  const router = useRouter();
  const project = projectOf(usePathname());
  const projects = useProjects().data?.items ?? [];
  const workflows = useWorkflows(project).data?.items ?? [];
  const { setTheme, resolvedTheme } = useTheme();
  const signOut = useSignOut();
  const run = runIn(text);
  const go = (href: string): void => {
    close();
    router.push(href);
  };
  const openRun = async (id: string): Promise<void> => {
    close();
    const slugs = projects.map(({ slug }) => slug).sort((a) => (a === project ? -1 : 1));
    const found = await findRun(slugs, id);
    if (found) router.push(`/projects/${found}/runs/${id}`);
    else toast.error('No project has a run of this id. Runs are kept for 30 days.');
  };
  return (
    <>
      {run !== null && (
        <CommandGroup heading="Run">
          <CommandItem value={`run ${text}`} keywords={[text]} onSelect={() => void openRun(run)}>
            <Route /> Open the run {run}
          </CommandItem>
        </CommandGroup>
      )}
      {workflows.length > 0 && (
        <CommandGroup heading="Workflows">
          {workflows.map(({ id, name, title }) => (
            <CommandItem
              key={id}
              value={`workflow ${name} ${id}`}
              keywords={[title, name]}
              onSelect={() => go(`/projects/${project}/workflows/${id}`)}
            >
              <Waypoints /> <span className="font-mono text-12">{name}</span>
              {title !== '' && title !== name && <span className="truncate text-12 text-muted">{title}</span>}
            </CommandItem>
          ))}
        </CommandGroup>
      )}
      <CommandGroup heading="Do">
        <CommandItem
          value="New project"
          keywords={['create', 'server']}
          onSelect={() => go('/projects?new=project')}
        >
          <Plus /> New project
        </CommandItem>
        {project !== null &&
          makersOf(project).map(({ title, href, words = [] }) => (
            <CommandItem key={href} value={title} keywords={[...words]} onSelect={() => go(href)}>
              <Plus /> {title}
            </CommandItem>
          ))}
        {workflows
          .filter(({ changedSinceLive, liveVersion, problems }) =>
            problems === 0 ? changedSinceLive || liveVersion === null : false,
          )
          .map(({ id, name }) => (
            <CommandItem
              key={id}
              value={`Publish ${name}`}
              keywords={['release', 'live']}
              onSelect={() => go(`/projects/${project}/workflows/${id}?dialog=publish`)}
            >
              <Rocket /> Publish <span className="font-mono text-12">{name}</span>
            </CommandItem>
          ))}
        {workflows
          .filter(({ liveVersion, kind }) => liveVersion !== null && kind !== 'resource')
          .map(({ id, name, kind }) => (
            <CommandItem
              key={`try ${id}`}
              value={`Try ${name}`}
              keywords={['test', 'call']}
              onSelect={() => go(`/projects/${project}/try?item=${kind}:${name}`)}
            >
              <FlaskConical /> Try <span className="font-mono text-12">{name}</span>
            </CommandItem>
          ))}
        <CommandItem
          value="Change the theme"
          keywords={['dark', 'light', 'mode']}
          onSelect={() => {
            close();
            setTheme(resolvedTheme === 'dark' ? 'light' : 'dark');
          }}
        >
          <MoonStar /> {resolvedTheme === 'dark' ? 'Light theme' : 'Dark theme'}
        </CommandItem>
        <CommandItem
          value="Sign out"
          keywords={['log out', 'leave']}
          onSelect={() => {
            close();
            signOut.mutate(undefined, { onSuccess: () => router.replace('/sign-in') });
          }}
        >
          <LogOut /> Sign out
        </CommandItem>
      </CommandGroup>
      {project !== null && (
        <CommandGroup heading="In this project">
          {placesOf(project).map(({ title, href, words = [] }) => (
            <CommandItem
              key={href}
              value={`page ${title}`}
              keywords={[title, ...words]}
              onSelect={() => go(href)}
            >
              <BookOpen /> {title}
            </CommandItem>
          ))}
        </CommandGroup>
      )}
      <CommandGroup heading="Projects">
        {projects.map(({ slug, name }) => (
          <CommandItem
            key={slug}
            value={`project ${name} ${slug}`}
            keywords={[name, slug]}
            onSelect={() => go(`/projects/${slug}`)}
          >
            <FolderOpen /> {name} <span className="font-mono text-12 text-muted">{slug}</span>
          </CommandItem>
        ))}
      </CommandGroup>
      <CommandGroup heading="Everywhere">
        {PLACES.map(({ title, href, words = [] }) => (
          <CommandItem
            key={href}
            value={`place ${title}`}
            keywords={[title, ...words]}
            onSelect={() => go(href)}
          >
            <Building2 /> {title}
          </CommandItem>
        ))}
      </CommandGroup>
    </>
  );
}
