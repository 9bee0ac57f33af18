import type { Contract } from '#lib/workflow/contract.ts';
import { uriTemplate } from '#lib/workflow/uri-template.ts';
import { AppError } from './app-error.ts';
import type { Tx } from './database.ts';

/**
 * Drafts may swap names and URIs; what is live at one address may not share one. Throws `conflict`, which says with
 * which workflow. Call it inside a transaction that holds the lock `project:<id>`.
 */
export async function refuseLiveConflict(
  tx: Tx,
  workflow: { id: string; projectId: string },
  { name, resource }: Contract,
): Promise<void> {
  const live = await tx.workflow.findMany({
    where: { projectId: workflow.projectId, id: { not: workflow.id }, liveVersionId: { not: null } },
    select: { name: true, liveVersionId: true },
  });
  const names = new Map(live.map((other) => [other.liveVersionId!, other.name]));
  const ids = [...names.keys()];
  const refuse = (versionId: string, what: string) => {
    throw new AppError(
      'conflict',
      `The workflow "${names.get(versionId)}" is live ${what}. Publish or unpublish it first.`,
    );
  };
  const same = await tx.version.findFirst({ where: { id: { in: ids }, name }, select: { id: true } });
  if (same) refuse(same.id, `under the name "${name}"`);
  if (!resource) return;
  const uri = uriOf(resource);
  const resources = await tx.version.findMany({
    where: { id: { in: ids }, contract: { contains: '"resource":{"uri' } },
    select: { id: true, contract: true },
  });
  for (const other of resources) {
    const theirs = (JSON.parse(other.contract) as Contract).resource;
    if (!theirs || uriOf(theirs) !== uri) continue;
    refuse(
      other.id,
      resource.uri === undefined
        ? `with a template that fits the same URIs, ${theirs.uriTemplate}`
        : `with the URI ${resource.uri}`,
    );
  }
}

/** The same for two resources that nobody could tell apart. */
function uriOf({ uri, uriTemplate: template }: NonNullable<Contract['resource']>): string | undefined {
  return template === undefined ? uri : `template ${uriTemplate(template).shape}`;
}
