import { type UriTemplate, uriTemplate } from '#lib/workflow/uri-template.ts';
import type { LiveProject, LiveWorkflow } from './live.ts';

interface LiveResources {
  fixed: ReadonlyMap<string, LiveWorkflow>;
  /** In the order of their names. */
  templates: readonly { template: UriTemplate; workflow: LiveWorkflow }[];
}

/** A live workflow that gives a resource, and the texts that its URI has for the arguments. */
export interface FoundResource {
  workflow: LiveWorkflow;
  texts: Record<string, string>;
}

const known = new WeakMap<LiveProject, LiveResources>();

/**
 * The live workflows that this URI may be a resource of: the one whose own it is, else those whose template fits, of
 * which only the arguments can tell whether it is.
 */
export function findResources(project: LiveProject, uri: string): FoundResource[] {
  const { fixed, templates } = resourcesOf(project);
  const own = fixed.get(uri);
  if (own) return [{ workflow: own, texts: {} }];
  return templates.flatMap(({ template, workflow }) => {
    const texts = template.match(uri);
    return texts ? [{ workflow, texts }] : [];
  });
}

function resourcesOf(project: LiveProject): LiveResources {
  let resources = known.get(project);
  if (!resources) {
    resources = readResources(project);
    known.set(project, resources);
  }
  return resources;
}

function readResources({ workflows }: LiveProject): LiveResources {
  const all = [...workflows.values()];
  return {
    fixed: new Map(
      all.flatMap((workflow): [string, LiveWorkflow][] => {
        const uri = workflow.contract.resource?.uri;
        return uri === undefined ? [] : [[uri, workflow]];
      }),
    ),
    templates: all.flatMap((workflow) => {
      const template = workflow.contract.resource?.uriTemplate;
      return template === undefined ? [] : [{ template: uriTemplate(template), workflow }];
    }),
  };
}
