import type { Principal } from '#lib/db/principal.ts';
import type { JsonObject } from '#lib/workflow/json.ts';
import { fromTexts } from '#lib/workflow/text-arguments.ts';
import { type UriTemplate, uriTemplate } from '#lib/workflow/uri-template.ts';
import type { LiveProject, LiveWorkflow } from './live.ts';
import { mayCall } from './run-tool.ts';

interface LiveResources {
  fixed: ReadonlyMap<string, LiveWorkflow>;
  /** In the order of their names. */
  templates: readonly { template: UriTemplate; workflow: LiveWorkflow }[];
}

/** A live workflow that gives a resource, and its arguments as the URI says them. */
export interface FittingResource {
  workflow: LiveWorkflow;
  args: JsonObject;
}

const known = new WeakMap<LiveProject, LiveResources>();

/**
 * What the principal reads at this URI: the workflow whose own it is, else the first whose template fits and whose
 * arguments do. Where there are only some whose arguments do not, `unfit` is the first of them; null when nothing is
 * there.
 */
export function resourceAt(
  project: LiveProject,
  principal: Principal,
  uri: string,
): { fitting?: FittingResource; unfit?: FittingResource } | null {
  const found = matching(project, uri)
    .filter(({ workflow }) => mayCall(principal, project, workflow.contract.name))
    .map(({ workflow, texts }) => ({ workflow, args: fromTexts(workflow.contract.inputSchema, texts) }));
  const fitting = found.find(({ workflow, args }) => workflow.validateInput(args) === null);
  if (fitting) return { fitting };
  const [unfit] = found;
  return unfit ? { unfit } : null;
}

function matching(
  project: LiveProject,
  uri: string,
): { workflow: LiveWorkflow; texts: Record<string, string> }[] {
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
