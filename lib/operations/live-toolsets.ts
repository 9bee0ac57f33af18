import { onlyReads } from '#lib/workflow/contract.ts';
import type { LiveProject } from './live.ts';
import type { LiveProjects } from './live-projects.ts';
import { addressOf, readAddress } from './pinned-address.ts';

/** By the project they are of: gone with it when something changes. */
const views = new WeakMap<LiveProject, Map<string, LiveProject>>();

/** The same addresses, and those of toolsets, each of which is the project as it is seen there. */
export function withToolsets(projects: LiveProjects): LiveProjects {
  const baseOf = (address: string): string => {
    if (!address.includes('/')) return address;
    const read = readAddress(address);
    // What can be no address is nothing, and asked for as such.
    return read ? addressOf({ slug: read.slug, pin: read.release }) : address;
  };
  return {
    get(address) {
      const base = baseOf(address);
      if (base === address) return projects.get(address);
      const name = address.slice(address.indexOf('/') + 1);
      return projects.get(base).then((project) => project && toolsetView(project, name));
    },
    needsRead: (address) => projects.needsRead(baseOf(address)),
    close: () => projects.close(),
  };
}

/** The project at the address of one of its toolsets; null when it has none of that name. */
export function toolsetView(project: LiveProject, name: string): LiveProject | null {
  const known = views.get(project)?.get(name);
  if (known) return known;
  const toolset = project.toolsets.find((one) => one.name === name);
  if (!toolset) return null;
  const { id, title, description, instructions, access, readOnly, documents } = toolset;
  const chosen = new Set(toolset.workflows);
  const view: LiveProject = {
    ...project,
    name: title,
    instructions,
    access,
    toolset: { id, name, description },
    offersKnowledge: project.offersKnowledge && documents,
    workflows: new Map(
      [...project.workflows].filter(
        ([workflow, { contract }]) => chosen.has(workflow) && (!readOnly || onlyReads(contract)),
      ),
    ),
  };
  const all = views.get(project) ?? new Map<string, LiveProject>();
  views.set(project, all.set(name, view));
  return view;
}
